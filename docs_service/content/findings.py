"""The findings about a paper's data and template: stable code, message and cure."""

from enum import Enum

from service_kit.problems import Problem

DATA_ROOT = "data_json"


class Finding(Enum):
    """What can be wrong. The name is the stable code; message and cure take the words of the case."""

    DATA_NOT_JSON = ("数据不是有效的 JSON：{cause}。", "请发送一个 UTF-8 编码的 JSON 对象。")
    DATA_TOO_LARGE = ("数据有 {size} 字节，超过上限 {limit} 字节。", "请缩短正文，或者将长材料作为附件另送。")
    DUPLICATE_KEY = ("键“{name}”出现了不止一次。", "请只保留一个。")
    FIELD_UNKNOWN = ("没有名为“{name}”的字段。", "请删去，或者改用：{known}。")
    FIELD_MISSING = ("缺少“{label}”。", "请补充，例如：{example}。")
    FIELD_EMPTY = ("“{label}”是空的。", "请填写，例如：{example}；不需要的选填项请整项删去。")
    FIELD_TYPE = ("“{label}”应为{wanted}，收到的是{got}。", "请改为{wanted}，例如：{example}。")
    TEXT_TOO_LONG = ("“{label}”有 {size} 个字，超过上限 {limit} 个字。", "请缩短，或者将长材料作为附件。")
    TEXT_LINE_BREAK = ("“{label}”含有换行符，只能写一行。", "请删去换行符。")
    TEXT_CONTROL = ("“{label}”第 {position} 个字符是控制字符 {character}。", "请删去该字符。")
    TEXT_BIDI = ("“{label}”第 {position} 个字符是改变文字方向的字符 {character}。", "请删去该字符。")
    TEXT_SURROGATE = (
        "“{label}”第 {position} 个字符是不成对的代理码 {character}。",
        "请改用完整的 Unicode 字符。",
    )
    TEXT_NONCHARACTER = ("“{label}”第 {position} 个字符 {character} 不是可以印刷的字符。", "请删去该字符。")
    WORD_TOO_LONG = (
        "“{label}”含有长达 {size} 个字符、中间不能换行的一串字母或者数字。",
        "请用空格断开，每段不超过 {limit} 个字符。",
    )
    DATE_FORM = ("“{label}”的值“{value}”不是“年-月-日”形式的日期。", "请写成 2024-05-01 的形式。")
    DATE_IMPOSSIBLE = ("“{label}”的值“{value}”不是日历上有的日期。", "请核对年、月、日。")
    DATE_ORDER = ("“{later}”（{later_value}）早于“{earlier}”（{earlier_value}）。", "请核对两个日期。")
    DATE_TOO_LATE = (
        "“{later}”（{later_value}）晚于“{earlier}”（{earlier_value}）之后 {days} 日。",
        "{basis}规定不得超过 {days} 日，请核对。",
    )
    INTEGER_RANGE = ("“{label}”的值 {value} 不在 {minimum} 至 {maximum} 之间。", "请改为该范围内的整数。")
    CODE_UNKNOWN = ("“{label}”没有代码“{value}”。", "可用的代码：{known}。")
    LIST_TOO_SHORT = ("“{label}”有 {size} 项，少于 {limit} 项。", "请补充。")
    LIST_TOO_LONG = ("“{label}”有 {size} 项，超过 {limit} 项。", "请分成几份文书。")
    NUMBER_BRACKETS = ("“{label}”的值“{value}”用了{found}括号。", "年份请用六角括号：〔2024〕。")
    NUMBER_ZERO_PADDED = ("“{label}”的值“{value}”序号前有 0。", "序号不编虚位，请写 1 而不是 01。")
    NUMBER_ORDINAL = ("“{label}”的值“{value}”序号前有“第”。", "请删去“第”。")
    NUMBER_YEAR = ("“{label}”的值“{value}”年份不是四位数全称。", "请写全称，例如〔2024〕。")
    NUMBER_FORM = (
        "“{label}”的值“{value}”不合文号格式。",
        "请写成“机关代字〔年份〕序号号”，例如：{example}。",
    )
    NUMBER_CONFLICT = ("请求中的文号“{number}”与数据中的“{doc_no}”不同。", "请只给出一个。")
    NUMBER_NOT_WANTED = ("{title}不编文号。", "请删去 number。")
    NUMBER_MISSING = ("缺少文号。", "请给出 number，或者把文书作为样稿生成。")
    CHARACTER_WITHOUT_FONT = (
        "“{label}”中的“{character}”（{code_point}）在{role}字体中没有字形。",
        "请核对该字；确需使用的，请把含有该字的字体放入字体文件夹。",
    )
    FONT_MISSING = (
        "本机没有可以用作{role}的字体。",
        "请安装 fonts-noto-cjk 和 fonts-lxgw-wenkai，或者把字体放入字体文件夹，然后运行 huiyin doctor 查看。",
    )
    PDF_WRITER_UNKNOWN = (
        "没有名为“{name}”的 PDF 写法。",
        "请把环境变量 {setting} 设为以下之一，或者不设：{known}。",
    )
    OUTLINE_LINE = (
        "“{text}”不是提纲的一行。",
        "请写成“[样式] 文字”、单独一行的标签，或者“| 样式：格 | 样式：格 |”。",
    )
    TEMPLATE_NOT_DOCX = ("模板不是有效的 .docx 文件：{cause}。", "请用 Word 或 WPS 打开后另存为 .docx。")
    TEMPLATE_TAG = ("模板标签有错：{cause}。", "请核对花括号和标签的写法。")
    TEMPLATE_FIELD_UNKNOWN = (
        "模板用到了字段“{name}”，文书定义中没有。",
        "{cure}",
    )
    TEMPLATE_FIELD_UNUSED = (
        "模板没有用到字段“{name}”（{label}）。",
        "请在模板中印出，或者从文书定义中删去：不收集用不上的内容。",
    )
    TEMPLATE_TAG_SPLIT = ("标签“{tag}”被编辑软件拆成了几段。", "使用时已经自动合并，不必改动。")
    TEMPLATE_FONT = ("用了字体“{name}”，不是公文字体。", "请清除字体设置，只用样式；可用的字体：{known}。")
    PAPER_OVERFLOW = ("“{style}”中的“{text}”超出版心。", "请缩短该字段的字数上限，或者修改模板。")
    PAPER_HEAD_SMALL = ("发文机关标志最长时只有 {size} 磅，小于 {limit} 磅。", "请缩短发文机关的字数上限。")
    TEMPLATE_VALUE = ("模板不能用这些数据填写：{cause}。", "选填项请放在“如果有才印”的标签之内。")
    TEMPLATE_STYLE = ("样式“{name}”不是公文样式。", "请改用：{known}。")
    TEMPLATE_FORMATTING = ("有直接设置的{what}。", "请清除格式，只用样式。")
    TABLE_ROW_TOO_TALL = (
        "表格中“{text}”一行有 {size} 行字，超过一页能放下的 {limit} 行。",
        "请缩短文字，或者在模板中加宽该列。",
    )
    TEMPLATE_ELEMENT = ("含有版面引擎不支持的内容（{what}）。", "请删去，或者改用段落和表格。")

    def at(self, place: str, **words: object) -> Problem:
        """The finding at a place, with the words of the case."""
        message, cure = self.value
        return Problem(self.name, place, message.format(**words), cure.format(**words))
