import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.cli import words
from huiyin.cli.words import Labels
from huiyin.rules.v1 import answer_pb2 as answer
from huiyin.rules.v1 import common_pb2 as common
from huiyin.rules.v1 import rules_service_pb2 as rules


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("34", "第三十四条"),
        ("23.3", "第二十三条第三款"),
        ("31(6)", "第三十一条第（六）项"),
        ("20.4(2)", "第二十条第四款第（二）项"),
        ("二（四）", "二（四）"),
        ("", ""),
    ],
)
def test_an_article_is_said_as_a_citation_says_it(form, said):
    assert words.article(form) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (100, "一百"), (105, "一百零五"), (310, "三百一十")],
)
def test_numerals(number, said):
    assert words.numeral(number) == said


def test_a_citation_names_its_source_once_in_marks():
    cited = common.Citation(source="REG22", source_title="信访工作条例", article="34")
    assert words.citation(cited) == "《信访工作条例》第三十四条"
    cited.source_title = "《信访工作条例》"
    cited.basis = common.BASIS_CONVENTION
    assert words.citation(cited) == "《信访工作条例》第三十四条（约定）"


def test_the_last_second_of_a_day_is_that_day():
    end = Timestamp()
    end.FromJsonString("2024-06-30T15:59:59Z")
    assert words.due(end) == "2024-06-30"
    end.FromJsonString("2024-06-30T02:30:00Z")
    assert words.due(end) == "2024-06-30 10:30"
    assert words.moment(end) == "2024-06-30 10:30"


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit", "said"),
    [
        (198, 227, "%", "87.2%（198/227）"),
        (25, 2, "日", "12.5日（25/2）"),
        (227, 1, "人", "227人"),
        (0, 0, "%", "没有数值（0/0）"),
    ],
)
def test_a_figure_is_told_with_what_it_was_counted_from(numerator, denominator, unit, said):
    assert words.figure(answer.Figure(numerator=numerator, denominator=denominator), unit) == said


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (answer.COUNT_UNIT_CALENDAR_DAYS, "24日"),
        (answer.COUNT_UNIT_WORKING_DAYS, "24个工作日"),
        (answer.COUNT_UNIT_MONTHS, "24个月"),
    ],
)
def test_elapsed_time_is_told_with_the_days_between_which_it_was_counted(unit, said):
    told = answer.Elapsed(number=24, unit=unit, first_day="2022-05-10", last_day="2024-05-10")
    assert words.elapsed(told) == f"{said}（2022-05-10 至 2024-05-10，起算当日不计）"


def test_labels_prefer_the_list_asked_for():
    codes = [
        rules.Code(list="channel", code="letter", label="来信"),
        rules.Code(list="layout", code="letter", label="信函式"),
    ]
    labels = Labels(codes)
    assert (labels.of("letter"), labels.of("letter", "layout"), labels.of("x")) == ("来信", "信函式", "x")
