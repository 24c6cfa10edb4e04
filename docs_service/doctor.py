"""Whether this machine has what papers are set with, and what to do where it has not."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from docs_service.layout.fonts import FontSet, RoleFaces, installed_fonts
from docs_service.layout.harfbuzz import has_subsetting
from docs_service.seals import installed_seals
from service_kit.checks import Check
from service_kit.problems import RefusedError

FREE_PACKAGES = "apt-get install -y fonts-noto-cjk fonts-lxgw-wenkai"
SETTING_LIBRARIES = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

# Characters of names that fonts often lack.
NAME_CHARACTERS = "㛃𫍯䶮㑇𬱖堃镕"


@dataclass(frozen=True, slots=True)
class RoleReport:
    """What fills a font role, and which characters nothing in it has."""

    role: str
    files: tuple[str, ...]
    family: str
    is_substitute: bool
    reason: str
    missing_of_gb2312: int
    missing_names: str


def report() -> list[Check]:
    """Every check of the documents service."""
    if not has_subsetting():
        detail = "缺少 HarfBuzz 子集库，不能制作 PDF"
        return [Check("libharfbuzz-subset", False, detail, f"请安装：{SETTING_LIBRARIES}")]
    return [
        Check("libharfbuzz-subset", True, "已安装"),
        _weasyprint(),
        *(_role_check(role) for role in font_report()),
        *seal_checks(),
    ]


def seal_checks() -> Iterator[Check]:
    """The office's own seals: each with its key, office and size, or what is wrong with their folder."""
    try:
        seals = installed_seals().values()
    except RefusedError as refused:
        for problem in refused.problems:
            yield Check("印章", False, f"{problem.place}：{problem.message}", problem.cure)
        return
    for seal in seals:
        office = seal.office or "样章，不具效力"
        yield Check(f"印章 {seal.key}", True, f"{office}，{seal.side:g} 毫米，摘要 {seal.digest[:12]}")


def font_report(fonts: FontSet | None = None) -> list[RoleReport]:
    """What fills each font role on this machine."""
    return [_role(role) for role in (fonts or installed_fonts()).roles.values()]


def _weasyprint() -> Check:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        return Check("WeasyPrint", False, f"不能载入：{error}", f"请安装：{SETTING_LIBRARIES}")
    return Check("WeasyPrint", True, weasyprint.__version__)


def _role(role: RoleFaces) -> RoleReport:
    covered = frozenset[int]().union(*(face.code_points for face in role.faces))
    return RoleReport(
        role=role.role,
        files=tuple(face.path.name for face in role.faces),
        family=role.faces[0].family if role.faces else "",
        is_substitute=role.is_substitute,
        reason=role.reason if role.is_substitute else "",
        missing_of_gb2312=len(_gb2312() - covered),
        missing_names="".join(c for c in NAME_CHARACTERS if ord(c) not in covered),
    )


def _role_check(role: RoleReport) -> Check:
    name = f"字体 {role.role}"
    if not role.files:
        return Check(name, False, "没有可用的字体", f"请安装：{FREE_PACKAGES}")
    lacks = [f"GB 2312 缺 {role.missing_of_gb2312} 字"] if role.missing_of_gb2312 else []
    lacks += [f"人名用字缺 {role.missing_names}"] if role.missing_names else []
    stands_in = f"（替代字体：{role.reason}）" if role.is_substitute else ""
    detail = "；".join((f"{role.family}{stands_in}", *lacks))
    cure = f"请安装：{FREE_PACKAGES}" if lacks else ""
    return Check(name, not lacks, detail, cure)


@cache
def _gb2312() -> frozenset[int]:
    """The 6,763 hanzi of GB 2312."""
    points: set[int] = set()
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return frozenset(points)
