"""What the tables of a ruleset leave out, say twice, or can never say.

Everything found is exact and has a witness, a case in words; where the work is too large the finding says
未能证明, never that there is none. What counts depends on the hit policy: rows that overlap contradict each
other under UNIQUE, and under ANY where they differ; every other policy says what happens then. A case that
no row meets is told for policies that give one answer. Most tables leave cases out on purpose, so it is a
warning only where the table says `complete: true`; likewise where it is not proved that there is none. null
is let through by few cells, so a case that takes a fact without a value is told only of such a table, and
only where it leaves nothing else out.

Of rows in doubt nothing is known but that they are there: what is said of the others holds whatever these
will say, and nothing is said of gaps and columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rules_service.analysis.cover import Budget, BudgetSpentError, hole, holes
from rules_service.analysis.grid import TableGrid
from rules_service.analysis.places import Places
from rules_service.analysis.words import Wording, row_names, row_place
from rules_service.engine.index import Known, bits
from rules_service.engine.tables import ranked
from rules_service.language.findings import Code, Finding
from rules_service.language.model.tables import HitPolicy, Table

SINGLE = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST})
ORDERED = frozenset({HitPolicy.PRIORITY, HitPolicy.FIRST})

MOST_HOLES = 3
MOST_PAIRS = 5
# Budgets of visited nodes for one table: for its pairs and gaps, and for its dead rows; more for long tables.
MOST_NODES = 100_000
NODES_A_ROW = 100
MOST_NODES_OF_A_ROW = 5_000

LIMIT = "表太大，或各行交错太多。请拆成几个表，或减少输入。"


@dataclass(slots=True)
class TableCheck:
    """One table being looked at. `unreachable` are rows that never answer, `unproved` those that may not."""

    table: Table
    wording: Wording
    places: Places
    budget: Budget = field(default_factory=lambda: Budget(MOST_NODES))
    budget_of_rows: Budget = field(default_factory=lambda: Budget(MOST_NODES))
    in_doubt: frozenset[int] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    unreachable: set[int] = field(default_factory=set)
    unproved: set[int] = field(default_factory=set)

    def run(self) -> "TableCheck":
        """Looks for everything there is to find."""
        try:
            grid = TableGrid.of(self.table, self.wording, self.budget)
        except BudgetSpentError:
            self._not_proved("行与行之间有没有重叠、有没有缺口")
            self.unproved = set(range(len(self.table.rows)))
            return self
        if self.table.rows and not self.in_doubt:
            self._columns(grid)
        if self.table.hit in {HitPolicy.UNIQUE, HitPolicy.ANY}:
            self._pairs(grid)
        self._empty_rows(grid)
        if self.table.hit in ORDERED:
            self._covered_rows(grid)
        if (self.table.hit in SINGLE or self.table.complete) and not self.in_doubt:
            self._gaps(grid)
        return self

    @property
    def _title(self) -> str:
        return f"表“{self.table.title or self.table.id}”"

    def _find(self, code: Code, message: str, cure: str = "", row: int | None = None) -> None:
        table = self.table
        line = self.places.table(table.id) if row is None else self.places.row(table.id, row)
        place = f"表 {table.id}" if row is None else row_place(table, row)
        self.findings.append(self.places.find(code, line, place, message, cure))

    def _not_proved(self, what: str, cure: str = LIMIT, row: int | None = None) -> None:
        self._find(Code.NOT_PROVED, f"未能证明{what}。", cure, row)

    def _columns(self, grid: TableGrid) -> None:
        rows = grid.index.all_rows
        for number, seen in self._masks(grid):
            label = self.wording.label(self.table.inputs[number])
            masks = seen | {grid.index.columns[number].null}
            if masks == {rows}:
                self._find(
                    Code.COLUMN_UNUSED, f"输入“{label}”每一行都是“-”，不影响结果。", "请从 in 里删去这一列。"
                )
            elif masks <= {0, rows} and len(self.table.rows) > 1:
                self._find(
                    Code.COLUMN_CONSTANT, f"输入“{label}”每一行都一样，是整张表的前提。", "有意如此就不必改。"
                )

    def _masks(self, grid: TableGrid) -> list[tuple[int, frozenset[int]]]:
        """For each column what its values let through by themselves."""
        return sorted(it for group in grid.groups for it in zip(group.columns, group.masks, strict=True))

    def _pairs(self, grid: TableGrid) -> None:
        found = 0
        for second, mask in enumerate(grid.shared):
            for first in bits(mask & ((1 << second) - 1)):
                if not grid.shared[second] >> second & 1 or self._agree(first, second):
                    continue
                found += 1
                if found <= MOST_PAIRS:
                    self._pair(grid, first, second)
        if found > MOST_PAIRS:
            self._find(
                Code.ROWS_OVERLAP if self.table.hit is HitPolicy.UNIQUE else Code.ROWS_DIFFER,
                f"另有 {found - MOST_PAIRS} 对行也是这样，未逐一列出。",
                "请先改前面几处，再检查一次。",
            )

    def _agree(self, first: int, second: int) -> bool:
        """Whether ANY may take either row: same outputs and same effects."""
        if self.table.hit is HitPolicy.UNIQUE:
            return False
        one, other = self.table.rows[first], self.table.rows[second]
        return (one.outputs, one.papers, one.candidates, one.findings) == (
            other.outputs,
            other.papers,
            other.candidates,
            other.findings,
        )

    def _pair(self, grid: TableGrid, first: int, second: int) -> None:
        _, telling = grid.common((first, second))
        case = self.wording.case(self.table, telling)
        rows = f"第 {first + 1} 行与第 {second + 1} 行"
        title = self._title
        if grid.in_doubt(telling):
            self._not_proved(
                f"{title}{rows}不重叠：例如 {case}，两个输入有牵连，不知会不会同时出现",
                "请缩小其中一行，或去掉其中一个输入。",
                second,
            )
        elif self.table.hit is HitPolicy.UNIQUE:
            self._find(
                Code.ROWS_OVERLAP,
                f"{title}{rows}重叠：例如 {case}。",
                "请缩小其中一行，或把命中方式改为 FIRST。",
                second,
            )
        else:
            self._find(
                Code.ROWS_DIFFER,
                f"{title}{rows}重叠而结果不同：例如 {case}。",
                "命中方式 ANY 要求同时命中的行结果一样。请改成一样，或缩小其中一行。",
                second,
            )

    def _empty_rows(self, grid: TableGrid) -> None:
        for row, mask in enumerate(grid.shared):
            if mask >> row & 1 or row in self.in_doubt:
                continue
            self.unreachable.add(row)
            never = [number for number, seen in self._masks(grid) if not any(it >> row & 1 for it in seen)]
            together = [
                number
                for group in grid.groups
                if not any(case.rows >> row & 1 for case in group.cases)
                for number in group.columns
            ]
            labels = "、".join(f"“{self.wording.label(self.table.inputs[it])}”" for it in never or together)
            cause = "一格里没有可能出现的值" if never else "几格不会同时满足"
            self._find(
                Code.ROW_UNREACHABLE,
                f"这一行永远不会命中：{labels}{cause}。",
                "请改这一格，或删去这一行。" if never else "请改其中一格，或删去这一行。",
                row,
            )

    def _covered_rows(self, grid: TableGrid) -> None:
        before = 0
        order = list(range(len(self.table.rows)))
        if self.table.hit is HitPolicy.PRIORITY:
            order = ranked(self.table, order)
        for row in order:
            rivals = grid.shared[row] & before & ~(1 << row)
            before |= 1 << row
            if row in self.unreachable or not rivals:
                continue
            own = [[case.rows for case in group.cases if case.rows >> row & 1] for group in grid.groups]
            try:
                covering = _one_that_holds(own, rivals) or self._covering(own, rivals, grid)
            except BudgetSpentError:
                self.unproved.add(row)
                continue
            if not covering:
                continue
            self.unreachable.add(row)
            self._find(
                Code.ROW_UNREACHABLE,
                f"这一行永远轮不到：它的每种情形都先被{row_names(bits(covering))}命中。",
                "请把它移到前面，或缩小那些行，或删去这一行。",
                row,
            )
        if self.unproved:
            self._not_proved(f"{row_names(sorted(self.unproved))}会有命中的时候")

    def _covering(self, own: list[list[int]], rivals: int, grid: TableGrid) -> int:
        """Of the rivals some that cover a row together, none of which can be spared; 0 where they do not."""
        budget = Budget(min(MOST_NODES_OF_A_ROW, self.budget_of_rows.left))
        self.budget_of_rows.left -= budget.left
        try:
            found, covering = hole(own, rivals, grid.shared, budget)
            if found is not None:
                return 0
            for row in reversed(bits(covering)):
                fewer = covering & ~(1 << row)
                if fewer and hole(own, fewer, grid.shared, budget)[0] is None:
                    covering = fewer
        finally:
            self.budget_of_rows.left += max(budget.left, 0)
        return covering

    def _gaps(self, grid: TableGrid) -> None:
        """Looks for gaps, and where there is none for gaps with null, if the table must have none."""
        doubtful: list[Mapping[int, Known]] = []
        for null in (False, True) if self.table.complete else (False,):
            try:
                found, more = holes(
                    grid.masks(null=null), grid.index.all_rows, grid.shared, self.budget, MOST_HOLES
                )
            except BudgetSpentError:
                self._gaps_not_proved()
                return
            cases = [grid.telling(hole, null=null) for hole in found]
            sure = [case for case in cases if not grid.in_doubt(case)]
            if sure:
                self._gap(sure, null=null, more=more or len(sure) < len(cases))
                return
            doubtful += cases
        if doubtful:
            self._gaps_in_doubt(self.wording.case(self.table, doubtful[0]))

    def _gaps_not_proved(self) -> None:
        if self.table.complete:
            self._not_proved("每种情形都有一行写到")
        else:
            self._find(
                Code.GAP_NOT_PROVED, f"{self._title}没有写 complete，未能证明有没有没写到的情形。", LIMIT
            )

    def _gaps_in_doubt(self, words: str) -> None:
        tail = f"例如 {words}，几个输入有牵连，不知会不会同时出现"
        if self.table.complete:
            self._not_proved(f"{self._title}写全了：{tail}", "请补一行。")
        else:
            self._find(
                Code.GAP_NOT_PROVED,
                f"{self._title}没有写 complete，未能证明有没有没写到的情形：{tail}。",
                "有意留空就不必改；要写全时请补一行，并写 complete: true。",
            )

    def _gap(self, cases: list[Mapping[int, Known]], *, null: bool, more: bool) -> None:
        words = "；".join(self.wording.case(self.table, case) for case in cases)
        title = self._title
        tail = "；等等。" if more else "。"
        if not self.table.complete:
            self._find(
                Code.GAP,
                f"{title}有没写到的情形，例如：{words}{tail}",
                "有意留空就不必改；要写全时请补上，并写 complete: true。",
            )
        elif null:
            self._find(
                Code.NULL_GAP,
                f"{title}没有写到空值，例如：{words}{tail}",
                "事实可能为空时，请在那一格写 null 或“-”。",
            )
        else:
            self._find(
                Code.GAP_THOUGH_COMPLETE,
                f"{title}写明 complete: true，却有没写到的情形，例如：{words}{tail}",
                "请补上这些行，或去掉 complete。",
            )


def _one_that_holds(grid: list[list[int]], rows: int) -> int:
    """The first row that lets everything through by itself, as a mask; 0 where there is none."""
    for column in grid:
        for piece in column:
            rows &= piece
    return rows & -rows


def check_tables(
    wording: Wording, places: Places, in_doubt: Mapping[str, frozenset[int]]
) -> Iterator[TableCheck]:
    """Looks at every table of a ruleset; `in_doubt` are numbers of rows, by their tables."""
    for table in wording.ruleset.tables:
        most = MOST_NODES + NODES_A_ROW * len(table.rows)
        rows = in_doubt.get(table.id, frozenset())
        yield TableCheck(table, wording, places, Budget(most), Budget(most), rows).run()
