"""What words say of people: who is meant, whether they are graded or watched, what is told of them.

These are lists of words. They know the plain ways to say a thing and not every way there is, so whoever
approves a ruleset reads it too.
"""

import re

from rules_service.language.shown import shown, unspaced

# Whoever brings a matter. Not 信访人员, who are an office's, nor those against whom it is brought (被举报人).
BY_BRINGING = (
    r"(?<!被)(?:信访|上访|来访|来信|走访|举报|检举|控告|申诉|投诉|反映|求决|诉求|申请|涉访|缠访|闹访|当事)[人者](?!员)"
    r"|(?:上访|来访|涉访|缠访|闹访)(?:人员|老?户)|访民|老户"
)
# Anybody, who may bring one: 群众满意度 is what they say of an office.
ANYBODY = r"群众(?!满意|评价|评议)|公民|居民|村民|市民|百姓"
PETITIONER = re.compile(f"{BY_BRINGING}|{ANYBODY}")
PERSON = re.compile(f"{BY_BRINGING}|{ANYBODY}|(?:被.{{2}}|信访)人|个人|人员|本人|其人")
OFFICE = re.compile(r"机关|单位|部门|机构|组织|团体|政府|党委|委员会|[局办站]$|中心|联席会议")
GRADING = re.compile(
    r"等级|评级|分级|级别|星级|评分|积分|打分|得分|计分|分数|扣分|排名|排序|名次|指数|信用|信誉|失信|诚信|名单|黑榜|红榜"
    r"|风险|危险|画像|标签|颜色|[红橙黄]色|管控|布控|监控|监视|监测|跟踪|盯防|盯控|轨迹|行踪|行程|动态|动向|定位|位置"
    r"|所在地|到达|[到进赴]京|重点关注|重点对象"
)
# What can only be said of people, even where they are left unnamed.
OF_PEOPLE = re.compile(r"风险等级|风险分级|风险评|风险程度|危险程度|失信|黑名单|画像|管控|轨迹|行踪")

PERSONAL = re.compile(r"姓名|身份证|证件号|住址|户籍|籍贯|手机|微信|生日|出生|人脸|指纹")
# An office has them too.
REACHED_BY = re.compile(r"地址|电话|邮箱|年龄")

# English words, of which the plural is not told apart.
PETITIONERS = (
    r"petitioner|complain(?:ant|er)|claimant|applicant|appellant|accuser|visitor|citizen|villager|masses"
)
PERSONS = rf"{PETITIONERS}|person|people|individual|inform(?:ant|er)|resident|human|man|woman"
OFFICES = r"office|organ|organi[sz]ation|department|bureau|committee|government"
GRADINGS = (
    r"grad(?:e|ed|ing)|scor(?:e|ed|ing)|rank(?:ed|ing)?|level|tier|star|point|colou?r|index|credit"
    r"|risk|risky|danger|dangerous|threat|list|listed|blacklist|blacklisted|watchlist|profil(?:e|ed|ing)"
    r"|track(?:ed|ing)?|trac(?:e|ed|ing)|monitor(?:ed|ing)?|watch(?:ed|ing)?|surveillance|location|position"
    r"|whereabout|trajectory|itinerary|movement"
)
GRADINGS_OF_PEOPLE = (
    r"blacklist|blacklisted|watchlist|troublemaker"
    r"|(?:high|low|medium) risk|risk (?:level|grade|score|rank|rating)"
)
PERSONAL_DATA = (
    r"(?:full|real|first|last|family) name|surname|(?:id|identity|passport) (?:number|no|card)|mobile"
    r"|cellphone|wechat|birthday|birth (?:date|day|year)|date of birth|fingerprint"
)
REACHED_AT = r"address|phone|telephone|email|age"
# Two words that were written as one.
JOINED = re.compile(
    r"(?:petitioner|complainant|visitor|person|people)s?(?:score|rank|risk|grade|level|blacklist|credit|track)"
    r"|(?:score|rank|risk|grade|level|blacklist|credit|track)(?:of)?(?:petitioner|complainant|visitor|person|people)"
)


def names_petitioner(text: str) -> bool:
    """Whether a role's name says that it is the petitioner's, whatever the petitioner is called."""
    read, words = unspaced(text), _words(text)
    if re.search(BY_BRINGING, read) or _says("petitioner", words):
        return True
    if PETITIONER.search(read):
        return not OFFICE.search(read)
    return _says(PETITIONERS, words) and not _says(OFFICES, words)


def grades_person(text: str) -> bool:
    """Whether a name or a sentence grades, scores, lists, watches or tracks a person, in either order."""
    read, words = unspaced(text), _words(text)
    return (
        bool(PERSON.search(read) and GRADING.search(read))
        or (_says(PERSONS, words) and _says(GRADINGS, words))
        or JOINED.search(words) is not None
    )


def grades_somebody(text: str) -> bool:
    """Whether it says what can only be said of people, where it does not say of whom."""
    return OF_PEOPLE.search(unspaced(text)) is not None or _says(GRADINGS_OF_PEOPLE, _words(text))


def tells_who(text: str) -> bool:
    """Whether a name says that it holds what a person is known or reached by, or the person."""
    read, words = unspaced(text), _words(text)
    if PERSONAL.search(read) or _says(PERSONAL_DATA, words):
        return True
    named = PERSON.search(read) or _says(PERSONS, words)
    if named and (REACHED_BY.search(read) or _says(rf"name|{REACHED_AT}", words)):
        return True
    if PERSON.fullmatch(read) or re.fullmatch(PERSONS, words):
        return True
    of_office = OFFICE.search(read) or _says(OFFICES, words)
    return not of_office and bool(REACHED_BY.search(read) or _says(REACHED_AT, words))


def _words(text: str) -> str:
    """The English words, also those of an identifier, one of several as a single one."""
    found = (word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", shown(text)))
    return " ".join(
        word if word.endswith(("ss", "us", "masses")) else word.removesuffix("s") for word in found
    )


def _says(pattern: str, words: str) -> bool:
    return re.search(rf"\b(?:{pattern})\b", words) is not None
