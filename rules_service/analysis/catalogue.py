"""Every finding there is, what it means and how it is usually mended: the text of docs/findings.zh.md."""

import sys
from dataclasses import dataclass, replace

from rules_service.language.findings import Code, Finding, Severity, severity_of
from service_kit.problems import Problem

WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.INFORMATION: "说明"}

GROUPS = {
    "S": "文件本身",
    "V": "词汇表",
    "R": "规则集的各部分",
    "C": "表的格子",
    "T": "表的缺口、重叠和到不了的行",
    "L": "层级：下位规定不得做的事",
    "Q": "引文",
    "G": "护栏：规则永远不得涉及的内容",
    "E": "例子",
    "A": "采用文件",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """What a finding means, and what usually mends it."""

    meaning: str
    cure: str


EXPLAINED: dict[Code, Explained] = {
    Code.NOT_YAML: Explained("文件不是正确的 YAML，从该行起读不懂。", "查缩进、冒号后的空格、成对的引号。"),
    Code.DUPLICATE_KEY: Explained("同一处写了两个同名的键。", "只留一个。"),
    Code.ALIAS_OR_TAG: Explained("用了 YAML 的引用（& *）或标签（!）。", "把内容写全，去掉标签。"),
    Code.SEVERAL_DOCUMENTS: Explained(
        "一个文件里有几份内容，或没有内容。", "一个文件只写一份，去掉多余的 ---。"
    ),
    Code.WRONG_SHAPE: Explained(
        "该写列表的地方写了别的，或嵌套太深。", "照语言说明改写成列表、一个值或“键: 值”。"
    ),
    Code.UNKNOWN_KEY: Explained("此处没有这个键，多半是拼写错误。", "改成提示里列出的键。"),
    Code.MISSING_KEY: Explained("缺少必须写的键，或者写了键却空着。", "补上。"),
    Code.WRONG_LITERAL: Explained("写的值不合此处的要求：日期不存在、词不在可选之列等。", "按提示改。"),
    Code.UNREADABLE_FILE: Explained("文件打不开、太大，或不是 UTF-8 编码。", "检查路径，另存为 UTF-8。"),
    Code.UNFIT_CHARACTER: Explained(
        "有不该出现的字符：控制字符、专用区的字符，或没有定义的字符，多半看不见。",
        "删去这个字符，把这个词重新输入一遍。",
    ),
    Code.UNKNOWN_TYPE: Explained("没有这种类型。", "写 string、bool、int、decimal、date 等，或“enum 名称”。"),
    Code.MISSING_LABEL: Explained("词条没有中文名或英文名。", "补 label 和 english。"),
    Code.NAME_TWICE: Explained("事实和事件用了同一个名称。", "给其中一个改名。"),
    Code.WRONG_NAME: Explained(
        "词汇表里的名称、代码有英文字母、数字和下划线以外的字符，或在格里另有含义（null、not、true、false）。",
        "改成 joint_count 这样的写法；代码还可以有连字符、以数字开头。",
    ),
    Code.REFUSAL_NOT_SAID: Explained(
        "候选的文书或者名称拒绝信访人，词汇表却没有给它写 refuses。", '写 refuses: "true"，或换文书。'
    ),
    Code.DECIDED_BY_PETITIONER: Explained("词汇表说候选由信访人决定。", "写机关里有权决定的人。"),
    Code.UNKNOWN_NAME: Explained("词汇表里没有这个名称或代码。", "改正拼写，或先写进词汇表。"),
    Code.DUPLICATE_ID: Explained("同类的两部分编号相同。", "改其中一个的编号。"),
    Code.ROW_LENGTH: Explained("一行的格数与表的列数不同。", "不限的格写“-”，不填的结果写“-”。"),
    Code.NAME_NOT_DECLARED: Explained("用到的事实没有写进文件开头的 inputs。", "在 inputs 里加上。"),
    Code.CIRCULAR_TABLES: Explained("几个表互相等待对方的结果。", "断开其中一处。"),
    Code.WRONG_AMOUNT: Explained(
        "加到时间上的不是整数，或起算的不是日期、时刻。", "换成整数的参数、输出，或换起算点。"
    ),
    Code.WRONG_FIELD: Explained("这类事实没有这个字段。", "改正字段名，或先写进词汇表。"),
    Code.DATES_OVERLAP: Explained("同一规则集的两个版本同时有效。", "给较早的一份写 in_force_to。"),
    Code.PRIORITY_WITHOUT_ORDER: Explained(
        "PRIORITY、OUTPUT ORDER 的表没有写结果的先后，或有一行的结果不在其中。", "给一个输出写 order，写全。"
    ),
    Code.CHAIN_REFUSED: Explained("链式规则超出引擎能稳妥运行的范围。", "按提示拆分或改写条件。"),
    Code.PARAMETER_NOT_IN_FORCE: Explained("规则集生效之日参数还没有值。", "写 value，或补一个更早的 from。"),
    Code.INPUT_UNUSED: Explained("inputs 里的事实没有用到。", "删去，免得白白收集。"),
    Code.WRONG_SUBJECT_SCOPE: Explained(
        "表或时限的 each 与规则集的对象不合。", "机关的规则集写 office，事项的写 matter 或 request。"
    ),
    Code.WRONG_AGGREGATE: Explained(
        "aggregate 用在不能汇总的地方。",
        "只在 hit: COLLECT 的表里用；sum 要数或时长，min、max 要有大小之分的输出。",
    ),
    Code.PARAMETER_UNUSED: Explained("参数没有用到。", "在表或时限里写它的名字，或删去。"),
    Code.RESTS_ON_SILENCE: Explained(
        "候选和它的文书、例外取决于“没有人说过”的事实（told_only 的空值），"
        "或者表因此给出的结果、因此数不出来的时间；或者只因为没有人说过，别的行才不命中，才轮到有候选的一行。",
        "改成有人说过才成立的条件，如 not(null)；各行有先后的，也可以把候选写到 UNIQUE 的表里。",
    ),
    Code.WRONG_GROUP: Explained(
        "计数按不是代码的事实分组，没有写不小于 5 的 at_least，或只数写着某段文字的事项。",
        "按代码分组，写 at_least: 5 或更大的参数；where 里不写文字。",
    ),
    Code.WRONG_INDEX_PART: Explained(
        "指数的一部分不是写明升降的比例指标，或权重不是 1 到 1000000 的整数参数。",
        "给指标写 wanted，权重写成参数。",
    ),
    Code.PAPER_WITHOUT_FINDING: Explained(
        "链的结论是新的事实，却写了文书。", "把 papers 写到得出 finding 的链上。"
    ),
    Code.WRONG_EXTENSION: Explained(
        "延长没有上限、期满以后还能延长，没有写由谁决定，或延长的不是按自然日计的期限。",
        "机关的写 at_most；信访人的写 by；count 写 calendar_days。",
    ),
    Code.WRONG_SUM: Explained(
        "计数加起来的不是不小于 0 的整数事实，或用一种数去除另一种数。",
        "换成词汇表里 min 不小于 0 的整数事实；分子和分母都数件数，或都加同一个事实。",
    ),
    Code.WRONG_ELAPSED: Explained(
        "经过的时间的名字不是 counted 的整数事实，或用了两次，或不是从事件、日期起算，或永远数不出数来。",
        "换成词汇表里标明 counted、min 是 0、没有 max 的整数事实；from、to、ended_by 写不同的事件或日期。",
    ),
    Code.COUNTED_BY_NOBODY: Explained(
        "inputs 里有由服务来数的事实，本规则集却没有数它，它永远没有值。",
        "在 counts 或 elapsed 里数它，或改用别的事实。",
    ),
    Code.WRONG_ID: Explained(
        "编号或参数的名称有不能用的字符，以数字开头，或在格里另有含义（null、not、true、false）。",
        "规则集的编号用小写英文和连字符，别的用英文字母、数字和下划线，如 joint_count。",
    ),
    Code.SEVERAL_VALUES: Explained(
        "用到的输出不是一个值：它的表可以同时命中几行，每行各有一个。",
        "把那个表的 hit 改成 UNIQUE、ANY、PRIORITY 或 FIRST；或用 COLLECT 和 aggregate，读它的第一个输出。",
    ),
    Code.CONTRADICTION: Explained(
        "两处写法互相矛盾，只有一处起作用：value 和 values，从同一天起的两个值，finding 和 fact。",
        "只留一处，或改日期。",
    ),
    Code.WRONG_PERIOD: Explained(
        "期限的长度可以是负数或太长；或没有长度、到指定的一天为止（until）的期限又写了长度、延长、暂停。",
        "长度写 0 到 100000 之间的数，按月计的到 1200；until 旁边的 add、count、pauses、extended_by 删去。",
    ),
    Code.REVISIONS_DIFFER: Explained(
        "同一规则集的两个版本，对象、层级或者规则包不同。", "改成一样；另一个规则集换一个编号。"
    ),
    Code.CELL_SYNTAX: Explained(
        "格子的写法看不懂。", '照例写：-、city, district、">= 3"、"[1..3)"、not(…)、null。'
    ),
    Code.CELL_TYPE: Explained(
        "格子里的值不是这一列的类型，或超出词汇表的上下限。", "改成该类型的值；代码照词汇表写。"
    ),
    Code.CELL_EMPTY: Explained("格子空着，或区间是空的。", "不限写“-”；区间下限要小于上限。"),
    Code.GAP: Explained(
        "表有没写到的情形，附例子。有意留空的表很多，所以只作说明。", "要写全时补行，并写 complete: true。"
    ),
    Code.GAP_THOUGH_COMPLETE: Explained(
        "表写明 complete: true，却有没写到的情形，附例子。", "补上这些行，或去掉 complete。"
    ),
    Code.NULL_GAP: Explained(
        "写明 complete: true 的表，只差事实为空的情形没写到。", "事实可能为空时，在那一格写 null 或“-”。"
    ),
    Code.ROWS_OVERLAP: Explained(
        "UNIQUE 的表有两行会同时命中，附例子。运行时会报矛盾。", "缩小其中一行，或把命中方式改为 FIRST。"
    ),
    Code.ROWS_DIFFER: Explained(
        "ANY 的表有两行会同时命中而结果（或文书、候选、违规）不同，附例子。", "改成一样，或缩小其中一行。"
    ),
    Code.ROW_UNREACHABLE: Explained(
        "这一行永远不会是结果：格子里没有可能的值，几格不会同时满足，或每种情形都先被别的行命中。",
        "移到前面、缩小那些行，或删去。",
    ),
    Code.NOT_PROVED: Explained(
        "表太大，或几个输入有牵连，未能证明有或没有；不等于没有问题。", "拆表、减少输入，再检查一次。"
    ),
    Code.COLUMN_UNUSED: Explained("这一列每行都是“-”，不影响结果。", "从 in 里删去。"),
    Code.COLUMN_CONSTANT: Explained("这一列每行都一样，是整张表的前提。", "有意如此就不必改。"),
    Code.GAP_NOT_PROVED: Explained(
        "没有写 complete 的表，未能证明有没有没写到的情形：几个输入有牵连（附例子），或者表太大。",
        "有意留空就不必改；要写全时补行，并写 complete: true。",
    ),
    Code.TIGHTENS_NOTHING: Explained("tightens 指的时限不存在。", "写成“规则集/时限”，核对编号。"),
    Code.TIGHTENS_NOT_ABOVE: Explained(
        "tightens 指的时限不在更高的层级。", "指上位规定的时限，或去掉 tightens。"
    ),
    Code.TIGHTENS_NOT_COMPARABLE: Explained(
        "说是收紧，却与上位的时限起算、履行、结束、含义或承担者不同，无法比较。",
        "改成一致；另起一项职责的去掉 tightens。",
    ),
    Code.PERIOD_LENGTHENED: Explained(
        "下位规定延长了机关的期限，附一个起算日为证（比遍所有已公布的年份）。",
        "缩短期限、延长天数或中止事由。",
    ),
    Code.WINDOW_SHORTENED: Explained(
        "下位规定缩短了信访人的期限，附一个起算日为证。", "放宽到不短于上位规定。"
    ),
    Code.REFUSAL_ADDED: Explained(
        "下位规定增加了拒绝信访人的情形：候选，候选下面的或者直接要求的文书，只能以拒绝来履行的时限。",
        "删去；部门、省级依法另行规定的写 departs_from。",
    ),
    Code.PETITIONER_BURDENED: Explained("下位规定给信访人设了期限。", "删去；放宽上位期限的写 tightens。"),
    Code.TIGHTENS_NOT_SAID: Explained(
        "与上位的时限含义、起算、履行都一样，却没有写 tightens。", "写上 tightens。"
    ),
    Code.DEPARTURE_NOT_ALLOWED: Explained("只有部门规范和省级规范可以写 departs_from。", "删去。"),
    Code.PASSES_FOR_ANOTHER: Explained(
        "与上位的时限含义、起算一样，承担者、履行或者结束的事件却不同，会混同为上位的职责。",
        "改成一致并写 tightens；另起一项职责的换一个 concept。",
    ),
    Code.LOCAL_WITHOUT_PACK: Explained("地方办法没有写 pack，会在各地都生效。", "写 pack，采用以后才生效。"),
    Code.NO_CITATION: Explained("没有写依据。", "写 cite；无条文可引时写 basis: convention 和 note。"),
    Code.UNKNOWN_SOURCE: Explained("来源不在登记册里。", "先写进 rulesets/sources.yaml。"),
    Code.QUOTE_TOO_SHORT: Explained("引文不足四个字，不能证明什么。", "引起作用的半句。"),
    Code.CONVENTION_WITHOUT_REASON: Explained("写了约定或未核实，却没有说明理由。", "补 note。"),
    Code.ARTICLE_FORM: Explained("条号的写法看不懂。", "写 34、23.3（款）、31(6)（项）。"),
    Code.QUOTE_TOO_LONG: Explained("引文超过一百二十个字。", "只引起作用的半句。"),
    Code.QUOTE_NOT_FOUND: Explained(
        "来源原文的该条（款、项）里没有这句话，附最接近的一句。", "逐字照抄，或改条号。"
    ),
    Code.ARTICLE_NOT_FOUND: Explained("来源原文没有这一条、款或项。", "核对条号。"),
    Code.SOURCE_WITHOUT_TEXT: Explained(
        "给了原文的文件夹，里面却没有这个来源，引它的话没有核对。", "把原文放进去，文件名是来源的编号。"
    ),
    Code.PERSON_AS_SUBJECT: Explained("以人为对象。", "对象只能是事项、机关、邻里事务。"),
    Code.BANNED_WORD: Explained("出现禁用词：对人的分级、稳控、监视。", "删去这一内容。"),
    Code.PERSONAL_INPUT: Explained(
        "规则要用个人信息，或者词汇表里的个人信息没有标明 personal。", "删去，或改问与人无关的事实。"
    ),
    Code.PERSON_GRADED: Explained(
        "名称、代码或结果是对人的评价、打分或跟踪，或者给事项定颜色。", "等级、评分、颜色只能用于机关单位。"
    ),
    Code.INTERFERENCE: Explained(
        "法定职责、期限、告知或拒绝取决于重复、越级、集体、匿名、人数，或时钟取决于形式、评价。",
        "去掉这个条件。",
    ),
    Code.PETITIONER_ACCUSED: Explained("信访人的期限写了违规情形。", "删去 finding：只有机关会违规。"),
    Code.REFUSED_BY_RULE: Explained(
        "没有等人决定就拒绝：直接要求拒绝的文书，或者时限只能以拒绝来履行，又不从已经决定的事件起算。",
        "写成候选，文书写在候选下面；或从词汇表里写了 refuses 的事件起算。",
    ),
    Code.EXAMPLE_WRONG: Explained("例子的结果与写的不一样。", "核对规则，或改例子。"),
    Code.EXAMPLE_REFUSED: Explained("例子本身读不通。", "按提示改例子。"),
    Code.NO_EXAMPLES: Explained("规则集没有例子。", "写 examples，每一行都要有例子走到。"),
    Code.ROW_WITHOUT_EXAMPLE: Explained("没有例子走到这一行。", "补一个例子。"),
    Code.UNKNOWN_PACK: Explained("词汇表里没有这个规则包。", "改成词汇表里的规则包。"),
    Code.WRONG_JURISDICTION: Explained(
        "行政区划代码的写法不对，或不属于任何地方。", "县级以上六位，乡镇九位。"
    ),
}

CURES = {code.value: explained.cure for code, explained in EXPLAINED.items()}


def with_cure(finding: Finding) -> Finding:
    """A finding with what usually mends it, where it tells no cure of its own."""
    return finding if finding.cure else replace(finding, cure=CURES[finding.code])


def problem_with_cure(problem: Problem) -> Problem:
    """The same of a finding that has become a problem of whoever wants the file loaded."""
    return problem if problem.cure else replace(problem, cure=CURES.get(problem.code, ""))


HEAD = """\
# 检查结果一览

`huiyin rules check` 的每条结果都有编号，编号的含义永不改变。“错误”使文件不能使用；“提醒”请看一看；
“说明”不必处理，加 `--info` 才列出。每个编号在 `tests/rules_service/findings/` 里有一个最小的例子。

本页由 `rules_service/analysis/catalogue.py` 生成，请勿直接修改。
"""


def page() -> str:
    """The page docs/findings.zh.md."""
    parts = [HEAD]
    for letter, title in GROUPS.items():
        lines = [f"## {letter} {title}", "", "| 编号 | 程度 | 含义 | 通常的改法 |", "|---|---|---|---|"]
        for code, explained in EXPLAINED.items():
            if code.value.startswith(letter):
                words = WORDS[severity_of(code)]
                lines.append(f"| {code.value} | {words} | {explained.meaning} | {explained.cure} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
