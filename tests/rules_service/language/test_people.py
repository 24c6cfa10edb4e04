"""Who is the petitioner, whatever the role is called; what grades or watches a person; what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_service.language.people import grades_person, grades_somebody, names_petitioner, tells_who


@pytest.mark.parametrize(
    "role",
    [
        "信访人",
        "信\u200b访人",
        "信 访 人",
        "信訪人",
        "信访者",
        "信访群众",
        "来信来访群众",
        "群众",
        "上访户",
        "访民",
        "信访当事人",
        "诉求人",
        "申请人",
        "投诉人",
        "举报人",
        "信访公民",
        "信访人代表",
        "上访人员",
        "信访人（本人）",
        "信访人及其代理人",
        "信访人的委托代理人",
        "信访群众代表",
        "信访人家属",
        "当地居民",
        "提出信访事项的公民、法人",
        "信访人等",
        "petitioner_b",
        "petitioner",
        "Visitors",
        "The complainant",
        "Petitioner's representative",
        "Representative of the petitioner",
        "Claimant in person",
    ],
)
def test_a_role_is_the_petitioners_whatever_it_is_called(role: str) -> None:
    assert names_petitioner(f"who {role}")


@pytest.mark.parametrize(
    "role",
    [
        "信访人员",
        "群众工作部门",
        "村民委员会",
        "被申请人",
        "被举报人",
        "有权处理的机关、单位",
        "信访部门 Petition department",
        "收到信访事项的机关",
        "Citizens' reception office",
        "citizen_hotline 市民热线 Citizens hotline",
        "hotline 12345市民服务热线 Hotline 12345",
        "group_head 村民小组长 Head of the villagers' group",
        "reception_desk 来访接待窗口 Visitor reception desk",
        "receptionist 群众来访接待员 Receptionist for visitors",
        "delegate 居民代表 Residents' delegate",
        "council 村民议事会 Villagers' council",
        "task_force 群众工作专班 Task force for work with the masses",
        "reception_room 人民来访接待室 Reception room for visitors",
        "home_department 信访人所在地的信访部门 Petition department where the petitioner lives",
        "respondent 被申请人 Respondent to the claimant",
        "staff 居民 Residents who stand for their committee",
    ],
)
def test_a_role_of_an_office_is_none_of_the_petitioner(role: str) -> None:
    assert not names_petitioner(role)


@pytest.mark.parametrize(
    "words",
    [
        "信访人跟踪",
        "跟踪信访人",
        "信访人监视",
        "信访人分数",
        "信访人星级",
        "信访人级别",
        "信访人排序",
        "信访人定位",
        "信访人到达北京",
        "信访群众名单",
        "上访者等级",
        "上访户积分",
        "访民名单",
        "投诉人名单",
        "控告人等级",
        "来信人积分",
        "当事者名单",
        "信訪人等級",
        "信·访人等级".replace("·", "\u2065"),
        "petitioner_risk_score",
        "scoreOfPetitioners",
        "visitor_level",
        "people ranking",
        "petitionerscore",
        "信访人评分",
        "信访人等级",
        "信访人的风险等级",
        "信访人综合评分",
        "信访人（等级）",
        "信访人是否到京",
        "将信访人列入名单",
        "给信访人打分",
        "对信访人分级",
        "对信访人进行分级",
        "对群众实行积分管理",
        "监控上访户的办法",
        "重点关注信访人",
        "高风险信访人",
        "名单上的信访人",
        "被举报人名单",
        "重点人员名单",
        "信访人员轨迹",
        "信访人员名单",
        "工作人员评分",
        "信访人思想动态",
        "信访人家属名单",
        "跟踪重点信访人",
        "监控缠访闹访人员",
        "petitioner_has_been_ranked",
        "列入信访人黑名单",
        "petitioner_score",
        "petitioner's score",
        "score of the petitioner",
        "Rank each visitor",
        "list of petitioners",
        "petitioner_current_location",
    ],
)
def test_a_person_is_graded_or_watched_in_plain_words(words: str) -> None:
    assert grades_person(words)


@pytest.mark.parametrize(
    "words",
    [
        "群众满意率",
        "来访人次",
        "信访形式",
        "走访的层级",
        "风险",
        "visit_level",
        "settled_people_share",
        "Leaders receive visitors",
        "grade_told",
        "Grade and list shown to the office",
        "告知信访人所在地的信访部门",
        "公布接待群众来访的领导干部名单",
        "信访人查询办理动态的方式",
        "请信访人到接待场所，位置见公告",
        "居民反映噪声的先监测",
        "监测居民区噪声",
        "跟踪群众诉求的办理",
        "公布听证人员名单",
        "群众诉求分级办理",
        "承办人员考核等级",
        "来访群众到达接待场所",
        "居民委员会排名",
        "Petitioner skipped a level",
        "petitioner_skipped_level",
        "Visitor at the provincial level",
        "Petition department at the petitioner's location",
        "Tell the visitor. List the papers",
    ],
)
def test_what_is_said_of_matters_and_offices_is_no_grade_of_a_person(words: str) -> None:
    assert not grades_person(words)
    assert not grades_somebody(words)


@pytest.mark.parametrize("words", ["blacklist", "high_risk", "risk_level", "风险等级", "黑名单", "行踪"])
def test_some_grades_are_of_people_whoever_they_are(words: str) -> None:
    assert grades_somebody(words)


@pytest.mark.parametrize(
    "name",
    [
        "信访人姓名",
        "身份证号",
        "证件号",
        "住\u2065址",
        "联系电话",
        "手机",
        "信访人地址",
        "id_number",
        "phone",
        "petitioner_name",
        "home_address",
        "full_name",
        "信访人",
        "petitioner",
        "群众电话",
        "公布的信访人电话",
        "接待的群众联系电话",
        "公布的身份证号",
        "不公开的姓名",
        "举报人电话",
        "petitioner_home_address",
        "Published address of the petitioner",
    ],
)
def test_a_name_says_that_it_tells_who_somebody_is(name: str) -> None:
    assert tells_who(name)


@pytest.mark.parametrize(
    "name",
    [
        "机关电话",
        "责任单位",
        "接访登记号",
        "office_address",
        "village",
        "Competent organ",
        "公布的咨询投诉电话",
        "公布的通信地址",
        "投诉渠道的地址",
        "举报电话",
        "办公地址",
        "群众来访接待地址",
        "市民热线电话",
        "公开的邮箱",
        "公布的接访领导姓名",
        "Visitor reception address",
        "hotline_phone",
    ],
)
def test_what_an_office_is_known_by_is_not_personal(name: str) -> None:
    assert not tells_who(name)


def test_one_name_of_a_thing_says_for_the_others_that_it_is_an_offices() -> None:
    assert not tells_who("phone", "公布的咨询投诉电话", "Telephone for questions and complaints")
    assert tells_who("petitioner_phone", "公布的电话", "Telephone")


PERSONS = ["信访人", "信訪人", "上访户", "来访群众", "访民", "投诉人", "居民", "被举报人"]
TOUCHING = ["", "的", "之", " ", "\u200b", "（", "综合"]
GRADES = ["等级", "评分", "名单", "排名", "风险", "跟踪", "轨迹", "定位", "积分"]
FAR = ["所在地的机关", "反映的问题", "查询办理", "，"]


@given(st.sampled_from(PERSONS), st.sampled_from(TOUCHING), st.sampled_from(GRADES))
def test_a_grade_that_touches_a_person_is_the_persons(person: str, between: str, grade: str) -> None:
    assert grades_person(f"某地{person}{between}{grade}办法")


@given(st.sampled_from(PERSONS), st.sampled_from(FAR), st.sampled_from(GRADES))
def test_a_grade_of_something_else_is_no_persons(person: str, between: str, grade: str) -> None:
    assert not grades_person(f"某地{person}{between}{grade}办法")


@given(
    st.sampled_from(["信访人", "上访人", "申请人", "群众", "市民", "村民"]),
    st.sampled_from(
        ["热线", "接待室", "接待员", "小组长", "议事会", "工作专班", "服务中心", "所在地的信访部门"]
    ),
)
def test_a_role_is_not_the_petitioners_by_a_word_before_the_last(person: str, last: str) -> None:
    assert names_petitioner(f"who {person}")
    assert not names_petitioner(f"who {person}{last}")
