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
# Anybody, who may bring one: 群众满意度 is what they say of an office, 居民区 is a place.
ANYBODY = r"群众(?!满意|评价|评议)|公民|[居村]民(?![区楼点]|小区|小组|委员会)|市民|百姓"
# People of an office, who are listed as such and have a rank.
OFFICIALS = r"(?:承办|经办|办理|办案|听证|接待|接访|工作|主持|值班|参会)人员"
PERSON = rf"{BY_BRINGING}|{ANYBODY}|被.{{2}}人|(?<!先进)个人|人员|本人|其人"
OFFICE = r"机关|单位|部门|机构|组织|团体|政府|党委|委员会|[局办站]$|中心|联席会议"

# A role is named by its last word: 市民热线 is not the citizens, and 信访人代表 speaks for the petitioner.
SPEAKERS = r"代表人?|代理人|监护人|本人|个人|家属|亲属|一方"
BRINGER_LAST = re.compile(
    rf"(?:{BY_BRINGING}|(?:信访|上访|来访|来信)(?:群众|公民|[居村市]民))[们等]?"
    rf"(?:[的、及其和或者]{{0,4}}(?:委托|法定|近)?(?:{SPEAKERS}))?(?:\(.*)?$"
)
ANYBODY_LAST = re.compile(rf"(?:{ANYBODY})[们等]?(?:、法人)?(?:\(.*)?$")

GRADES = (
    r"等级|评级|分级|级别|星级|评分|积分|打分|得分|计分|分数|扣分|排名|排序"
    r"|名次|指数|信用|信誉|失信|诚信|名单|红榜"
)
WATCHES = (
    r"风险|危险|画像|标签|颜色|[红橙黄]色|黑名单|黑榜|管控|布控|监控|监视|监测|跟踪|盯防|盯控|轨迹|行踪|行程|动态|动向"
    r"|定位|位置|到达(?!接待|来访|窗口)|[到进赴]京|重点关注|重点对象"
)
# What stands between a person and the grade, which is the person's all the same.
LINKS = (
    r"(?:的|之|们|本人|个人|群体|及其|家属|亲属|进行|实行|予以|加以|开展|是否|已经?|被|列入|纳入|划分|确定|评定|贴"
    r"|思想|行为|情绪|活动|综合|总|累计|当前|实时|最新|重点|[高中低]|[-_·:/(\"'“”‘’「」]){0,6}"
)
# What is done to the person named next, or said of him.
DONE_TO = (
    r"评级|分级|评分|打分|计分|扣分|排名|排序|失信|黑榜|黑名单|名单[上内中]|风险|危险|画像|[红橙黄]色|管控|布控|监控|监视|监测"
    r"|跟踪|盯防|盯控|定位|[到进赴]京|重点关注|重点对象"
)
# How they come is no other thing than they.
WHO_COME = r"的|之|了|该|某|[每各][个名位]?|重点|重复|越级|集体|信访|上访|来访|缠访|有关|相关|所有|[\"'“‘「]"
# 跟踪群众诉求 is about what they ask for.
THEIR_MATTER = r"的?(?:诉求|反映|意见|事项|提出)"
GRADED = re.compile(
    rf"(?:{PERSON}){LINKS}(?:{GRADES}|{WATCHES})"
    rf"|(?:{DONE_TO})(?:{WHO_COME}){{0,6}}(?:{PERSON})(?!{THEIR_MATTER})"
)
OFFICIAL_LISTED = re.compile(rf"{OFFICIALS}的?(?:名单|级别)")
# What can only be said of people, even where they are left unnamed.
OF_PEOPLE = re.compile(r"风险等级|风险分级|风险评|风险程度|危险程度|失信|黑名单|画像|管控|轨迹|行踪")

PERSONAL = re.compile(r"身份证|证件号|住址|户籍|籍贯|生日|出生|人脸|指纹")
# An office publishes these of its own people.
NAMED_BY = re.compile(r"姓名|手机|微信(?!公众号)")
PUBLISHED = r"公布|公示|(?<![不未])公开"
# An office has them too.
REACHED_BY = r"地址|电话|邮箱|年龄"
THEIR_REACH = re.compile(
    rf"(?:{PERSON})(?:的|之|们|本人|个人|联系|家庭|居住|常用|电子|通[信讯]|[-_·:/(]){{0,6}}(?:{REACHED_BY})"
)
# What an office is known by, or receives people at.
RECEIVES = rf"(?:{PUBLISHED}|办公|接待|咨询|热线|监督|值班|窗口|(?:投诉|举报)(?![人者]))"
RECEIVING = rf"{OFFICE}|{RECEIVES}"
RECEIVED_AT = re.compile(rf"{RECEIVES}(?:的|渠道|通[信讯]|联系){{0,4}}(?:{REACHED_BY})")

# English words, of which the plural is not told apart.
BRINGERS = r"petitioner|complain(?:ant|er)|claimant|applicant|appellant|accuser"
PETITIONERS = rf"{BRINGERS}|visitor|citizen|villager|masses"
PERSONS = rf"{PETITIONERS}|person|people|individual|inform(?:ant|er)|resident|human|man|woman"
OFFICES = r"office|organ|organi[sz]ation|department|bureau|committee|government"
RECEIVINGS = rf"{OFFICES}|publish(?:ed)?|public|reception|hotline|[ie]nquir\w+|consultation|desk|window"
ENGLISH_SPEAKERS = r"representative|agent|family|relative|side|party"
# What comes after one of these says more of what was named before it.
OF_WHAT = r"of|to|for|at|in|on|by|with|from|against|who|where"
GRADINGS = (
    r"grad(?:e|ed|ing)|scor(?:e|ed|ing)|rank(?:ed|ing)?|level|tier|star|point|colou?r|index|credit"
    r"|risk|risky|danger|dangerous|threat|list|listed|blacklist|blacklisted|watchlist|profil(?:e|ed|ing)"
    r"|track(?:ed|ing)?|trac(?:e|ed|ing)|monitor(?:ed|ing)?|watch(?:ed|ing)?|surveillance|position|gps"
    r"|(?:current|live|last|latest) location|geolocation|whereabout|trajectory|itinerary|movement"
)
# Words after which a level is another thing's, such as an article: "petitioner skipped a level".
OF_ELSE = rf"the|an?|skip\w*|reception|{OFFICES}"
# As they are read here, without an s at the end.
AUXILIARIES = r"i|are|wa|were|ha|have|be|been|being|will|shall|must|may"
GRADED_IN_ENGLISH = (
    rf"(?:{PERSONS}) (?:(?:{AUXILIARIES}) ){{0,4}}(?:(?!(?:{OF_ELSE}) )\w+ )?(?:{GRADINGS})"
    rf"|(?:{GRADINGS}) (?:(?:of|for|to|by|on) (?:the|an?|each|every|all|any) |\w+ )?(?:{PERSONS})"
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
THEIR_REACH_IN_ENGLISH = (
    rf"(?:{PERSONS}) (?:(?:home|postal|mailing|contact) )?(?:name|{REACHED_AT})"
    rf"|(?:name|{REACHED_AT}) of (?:the |an? |each )?(?:{PERSONS})"
)
# Two words that were written as one.
JOINED = re.compile(
    r"(?:petitioner|complainant|visitor|person|people)s?(?:score|rank|risk|grade|level|blacklist|credit|track)"
    r"|(?:score|rank|risk|grade|level|blacklist|credit|track)(?:of)?(?:petitioner|complainant|visitor|person|people)"
)
CHINESE = re.compile(r"[\u4e00-\u9fff](?:.*[\u4e00-\u9fff])?")
SENTENCE_END = re.compile(r"[,.;!?] ")


def names_petitioner(text: str) -> bool:
    """Whether a role says by its last word that it is the petitioner's: the code's, or a label's.

    One that names only anybody, such as citizens, and names an office beside it, is the office's.
    """
    code, chinese, english = _code_and_labels(text)
    heads, wholes = (_head(code), _head(english)), (_words(code), _words(english))
    of_whom = rf"(?:{ENGLISH_SPEAKERS}) (?:of|for) (?:the |an? )?(?:{BRINGERS})"
    if (
        BRINGER_LAST.search(chinese)
        or any(_ends(rf"(?:{BRINGERS})(?: (?:{ENGLISH_SPEAKERS}))?", head) for head in heads)
        or any(_ends(of_whom, words) for words in wholes)
    ):
        return True
    if ANYBODY_LAST.search(chinese) or any(_ends(PETITIONERS, head) for head in heads):
        return not (re.search(OFFICE, chinese) or _says(OFFICES, " ".join(wholes)))
    return False


def grades_person(text: str) -> bool:
    """Whether a name or a sentence grades, scores, lists, watches or tracks a person, in either order."""
    if GRADED.search(OFFICIAL_LISTED.sub(" ", unspaced(text))):
        return True
    sentences = (_words(sentence) for sentence in SENTENCE_END.split(shown(text)))
    return any(_says(GRADED_IN_ENGLISH, words) or JOINED.search(words) for words in sentences)


def grades_somebody(text: str) -> bool:
    """Whether it says what can only be said of people, where it does not say of whom."""
    return OF_PEOPLE.search(unspaced(text)) is not None or _says(GRADINGS_OF_PEOPLE, _words(text))


def tells_who(*names: str) -> bool:
    """Whether the names of one thing say that it holds what a person is known or reached by, or the person.

    Where the Chinese one says that it is an office's, the address or telephone of the others is the office's.
    """
    of_office = any(re.search(RECEIVING, unspaced(name)) for name in names)
    return any(
        _tells_who_in_chinese(unspaced(name)) or _tells_who_in_english(_words(name), of_office=of_office)
        for name in names
    )


def _tells_who_in_chinese(read: str) -> bool:
    brought, reached = re.search(BY_BRINGING, read), re.search(REACHED_BY, read)
    if PERSONAL.search(read) or re.fullmatch(PERSON, read) or THEIR_REACH.search(read):
        return True
    if NAMED_BY.search(read):
        return not re.search(PUBLISHED, read) or bool(brought or re.search(ANYBODY, read))
    if brought and reached:
        return not RECEIVED_AT.search(read)
    return bool(reached) and not re.search(RECEIVING, read)


def _tells_who_in_english(words: str, *, of_office: bool) -> bool:
    if _says(PERSONAL_DATA, words) or re.fullmatch(PERSONS, words) or _says(THEIR_REACH_IN_ENGLISH, words):
        return True
    if _says(PERSONS, words) and _says("name", words):
        return True
    return _says(REACHED_AT, words) and not (of_office or _says(RECEIVINGS, words))


def _code_and_labels(text: str) -> tuple[str, str, str]:
    """A role's code, its Chinese label and its English one; a code or a label may stand alone."""
    seen = shown(text)
    chinese = CHINESE.search(seen)
    code, _, english = seen.partition(" ")
    if chinese:
        return code, chinese[0].replace(" ", ""), seen[chinese.end() :]
    return code, "", english


def _head(text: str) -> str:
    """The words until what only says more of them: `Respondent to the claimant` is the respondent."""
    head = re.split(rf"(?:^|(?<= ))(?:{OF_WHAT})\b", _words(text))[0]
    return " ".join(word for word in head.split() if len(word) > 1)


def _ends(pattern: str, words: str) -> bool:
    return re.search(rf"\b(?:{pattern})$", words) is not None


def _words(text: str) -> str:
    """The English words, also those of an identifier, one of several as a single one."""
    found = (word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", shown(text)))
    singular = (word if word.endswith(("ss", "us", "masses")) else word.removesuffix("s") for word in found)
    return " ".join(word for word in singular if word)


def _says(pattern: str, words: str) -> bool:
    return re.search(rf"\b(?:{pattern})\b", words) is not None
