"""Who is the petitioner, whatever the role is called; what grades or watches a person; what does not."""

import pytest

from rules_service.language.people import names_petitioner


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
