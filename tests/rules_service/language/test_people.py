"""Who is the petitioner, whatever the role is called; what grades or watches a person; what does not."""

import pytest

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
        "petitioner",
        "Visitors",
        "The complainant",
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
        "信访人所在地",
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
    ],
)
def test_a_name_says_that_it_tells_who_somebody_is(name: str) -> None:
    assert tells_who(name)


@pytest.mark.parametrize(
    "name", ["机关电话", "责任单位", "接访登记号", "office_address", "village", "Competent organ"]
)
def test_what_an_office_is_known_by_is_not_personal(name: str) -> None:
    assert not tells_who(name)
