"""统一社会信用代码 (GB 32100-2015): a sentence about what is wrong with one, or nothing."""

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError


def normalised(value: str) -> str:
    """The code as it is stored: upper case, without spaces, full-width letters and digits folded."""
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in value)
    return "".join(folded.split()).upper()


def credit_code_error(value: str) -> str:
    """Why this is not a well-formed code, as a sentence; empty when it is one."""
    try:
        uscc.validate(value)
    except InvalidLength:
        return f"统一社会信用代码应为18位，现为{len(value)}位，请核对营业执照。"
    except InvalidChecksum:
        return "统一社会信用代码的校验位不符，请核对营业执照逐位检查。"
    except ValidationError:
        return "统一社会信用代码含有不允许的字符（不使用字母 I、O、S、V、Z），请核对营业执照。"
    return ""
