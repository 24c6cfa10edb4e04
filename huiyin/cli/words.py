"""How times, articles and states of an answer are said in Chinese."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2 as common
from huiyin.rules.v1 import rules_service_pb2 as rules

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Word and colour of each state.
DUTY_STATES: Mapping[int, tuple[str, str]] = {
    pb.DUTY_STATE_NOT_STARTED: ("未起算", "dim"),
    pb.DUTY_STATE_PENDING: ("进行中", "cyan"),
    pb.DUTY_STATE_DUE_SOON: ("将到期", "yellow"),
    pb.DUTY_STATE_MET: ("已按期", "green"),
    pb.DUTY_STATE_MET_LATE: ("逾期完成", "magenta"),
    pb.DUTY_STATE_OVERDUE: ("已逾期", "bold red"),
    pb.DUTY_STATE_SUSPENDED: ("已中止", "yellow"),
    pb.DUTY_STATE_DISCHARGED: ("已解除", "dim"),
    pb.DUTY_STATE_VOID: ("已无据", "dim"),
}
PAPER_STATES: Mapping[int, str] = {
    pb.PAPER_CALL_STATE_CALLED: "应出具",
    pb.PAPER_CALL_STATE_ISSUED: "已出具",
    pb.PAPER_CALL_STATE_CANDIDATE: "待负责人决定",
}
RELIANCES: Mapping[int, str] = {
    pb.Reliance.KIND_CONVENTION: "规则的约定",
    pb.Reliance.KIND_UNVERIFIED: "未经核实的数字",
    pb.Reliance.KIND_DEPARTURE: "与上位规定不同之处",
    pb.Reliance.KIND_PROVISIONAL_CALENDAR: "尚未公布的节假日安排",
    pb.Reliance.KIND_ADOPTED_ELSEWHERE: "采用外地的办法",
    pb.Reliance.KIND_UNCHECKED_QUOTE: "未与原文核对的引文",
}
BASES: Mapping[int, str] = {common.BASIS_CONVENTION: "（约定）", common.BASIS_UNVERIFIED: "（未核实）"}

_ARTICLE = re.compile(r"(\d+)(?:\.(\d+))?(?:[(（](\d+)[)）])?")
_DIGITS = "零一二三四五六七八九"


class Labels:
    """Chinese labels of the codes that a service lists."""

    def __init__(self, codes: Iterable[rules.Code] = ()) -> None:
        self._labels: dict[str, str] = {}
        self._in_list: dict[tuple[str, str], str] = {}
        for code in codes:
            self._labels.setdefault(code.code, code.label)
            self._in_list[code.list, code.code] = code.label

    def of(self, code: str, *lists: str) -> str:
        """The label of CODE, first as one of LISTS has it; the code itself where nobody has."""
        named = (self._in_list[name, code] for name in lists if (name, code) in self._in_list)
        return next(named, "") or self._labels.get(code, code)


def moment(at: Timestamp) -> str:
    """A moment in Asia/Shanghai, to the minute."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def day(at: Timestamp) -> str:
    """The day of a moment in Asia/Shanghai."""
    return local(at).strftime("%Y-%m-%d")


def due(at: Timestamp) -> str:
    """The last second that is in time: as a day where it is the day's last."""
    time = local(at)
    return time.strftime("%Y-%m-%d") + ("" if time.strftime("%H%M") == "2359" else time.strftime(" %H:%M"))


def local(at: Timestamp) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime.fromtimestamp(at.seconds, SHANGHAI)


def article(text: str) -> str:
    """An article of the register's form ("23.3", "31(6)") as a citation says it; other forms as they are."""
    match = _ARTICLE.fullmatch(text)
    if match is None:
        return text
    number, paragraph, item = match.groups()
    said = f"第{numeral(int(number))}条"
    said += f"第{numeral(int(paragraph))}款" if paragraph else ""
    return said + (f"第（{numeral(int(item))}）项" if item else "")


def citation(cited: common.Citation) -> str:
    """Source and article, without the quote."""
    title = cited.source_title or cited.source
    if not title:
        return "规则的约定"
    title = title if title.startswith("《") else f"《{title}》"
    return f"{title}{article(cited.article)}{BASES.get(cited.basis, '')}"


def numeral(number: int) -> str:
    """A number below a thousand in Chinese: 二十三, 一百零五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (_DIGITS[ones] if ones or not number else "")


MOVEMENTS = {
    pb.MOVEMENT_AS_WANTED: "，朝希望的方向变化",
    pb.MOVEMENT_UNCHANGED: "，没有变化",
    pb.MOVEMENT_AGAINST: "，朝相反的方向变化",
}


UNITS: Mapping[int, str] = {
    pb.COUNT_UNIT_CALENDAR_DAYS: "日",
    pb.COUNT_UNIT_WORKING_DAYS: "个工作日",
    pb.COUNT_UNIT_MONTHS: "个月",
}


def elapsed(elapsed: pb.Elapsed) -> str:
    """How much time has elapsed, and between which days: 91日（2024-03-01 至 2024-05-31，起算当日不计）."""
    unit = UNITS.get(elapsed.unit, "")
    return f"{elapsed.number}{unit}（{elapsed.first_day} 至 {elapsed.last_day}，起算当日不计）"


DIVIDED = frozenset({"%", "日"})


def figure(figure: pb.Figure | pb.Indicator, unit: str) -> str:
    """A figure with what it was counted from: 75.0%（3/4）, 12.5日（25/2）; a total as it is: 227人."""
    if figure.undecided:
        return "事实不全，尚无数值"
    if not figure.denominator:
        return f"没有数值（{figure.numerator}/0）"
    if unit not in DIVIDED:
        return f"{figure.numerator}{unit}"
    value = figure.numerator / figure.denominator * (100 if unit == "%" else 1)
    return f"{value:.1f}{unit}（{figure.numerator}/{figure.denominator}）"
