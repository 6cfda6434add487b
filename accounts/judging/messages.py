"""What a refusal says at the field: what was seen, and what to send instead. Used by the parent only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.judging.verdict import MAX_BYTES, MAX_PAGES, Code

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from accounts.judging.verdict import Refused

SEEN = {
    "jpeg": _("JPEG 图片"),
    "png": _("PNG 图片"),
    "pdf": _("PDF"),
    "gif": _("GIF 动图"),
    "bmp": _("BMP 图片"),
    "tiff": _("TIFF 图片"),
    "webp": _("WebP 图片"),
    "svg": _("SVG 图形"),
    "postscript": _("PostScript 文件"),
    "fits": _("天文图像文件"),
    "zip": _("压缩包或 Office 文档"),
    "archive": _("压缩包"),
    "office": _("旧版 Office 文档"),
    "program": _("可执行程序"),
    "video": _("视频"),
    "html": _("网页"),
    "xml": _("XML 文件"),
    "unknown": _("认不出的格式"),
}
ACTIVE = {
    "script": _("会自动运行的脚本或动作"),
    "program": _("启动其他程序的指令"),
    "attachment": _("嵌入的附件"),
    "form": _("会向外提交数据的表单"),
    "media": _("嵌入的音视频或三维内容"),
    "outside": _("指向外部文件的引用"),
}
RIGHT_EXTENSION = {"jpeg": ".jpg", "png": ".png", "pdf": ".pdf"}

TEXTS = {
    Code.EMPTY: _("这个文件是空的（0 字节）。请重新选择照片或 PDF。"),
    Code.TOO_LARGE: _(
        "这个文件约 {mib} MiB，超过每个文件 {limit} MiB 的上限。请换低一档的画质重新拍照，或压缩 PDF 后再传。"
    ),
    Code.DISGUISED_NAME: _("文件名里有改变文字方向的隐藏字符，看到的扩展名可能不是真的。请改名后再传。"),
    Code.NOT_ALLOWED_TYPE: _(
        "这个文件的内容是{seen}，这里只收 JPEG、PNG 图片和 PDF。请把证件拍成照片，或导出为 PDF 后上传。"
    ),
    Code.NAME_MISMATCH: _(
        "文件名以「.{claimed}」结尾，内容却是 {seen}。请把扩展名改为「{right}」，或重新拍照、重新导出后上传。"
    ),
    Code.HEIC: _(
        "这是 HEIC 格式的照片，这里只收 JPEG。请在手机「设置」的相机格式里选「兼容性最佳」"
        "（有的写作「最兼容」）后重拍，或把照片导出为 JPEG 再上传。"
    ),
    Code.POLYGLOT: _("PDF 的开头或结尾夹带了别的内容。请用「打印」另存为 PDF，或把页面拍成照片后上传。"),
    Code.BROKEN: _("文件不完整或已损坏，打不开。请重新拍照，或重新导出后上传。"),
    Code.ANIMATED: _("这是动图，这里只收静态图片。请截成一张静态的 JPEG 或 PNG 后上传。"),
    Code.TOO_MANY_PIXELS: _(
        "图片有 {width} × {height} 像素，超过 4000 万像素或单边 12000 像素的上限。请缩小尺寸后上传。"
    ),
    Code.TOO_MANY_PAGES: _("PDF 超过 {limit} 页的上限。请只导出与资质有关的几页。"),
    Code.PAGE_SIZE: _("PDF 第 {page} 页的尺寸异常，无法显示。请按 A4 重新导出，或把页面拍成照片后上传。"),
    Code.ACTIVE_CONTENT: _(
        "PDF 里有{what}，为了审核员的安全不能接收。请用「打印」另存为 PDF，或把页面拍成照片后上传。"
    ),
    Code.ENCRYPTED: _("打开这个 PDF 需要密码，审核员看不到内容。请取消打开密码，或把页面截图后上传。"),
    Code.TOO_COMPLEX: _("文件解开后过大或结构过于复杂，无法检查。请用「打印」另存为 PDF，或把页面拍成照片后上传。"),
    Code.TIMEOUT: _("检查这个文件用时过长，已经停止。请缩小尺寸，或把页面拍成照片后上传。"),
    Code.BUSY: _("现在上传的人较多，这个文件还没有检查，也没有保存。请过半分钟再传一次。"),
}


def describe(refused: Refused) -> _StrPromise:
    """The refusal in plain words, translated when shown."""
    seen = str(refused.details.get("seen", "unknown"))
    words = {
        **refused.details,
        "seen": SEEN.get(seen, SEEN["unknown"]),
        "what": ACTIVE.get(str(refused.details.get("what")), ACTIVE["script"]),
        "right": RIGHT_EXTENSION.get(seen, ""),
        "limit": MAX_PAGES if refused.code == Code.TOO_MANY_PAGES else MAX_BYTES // 1024 // 1024,
    }
    for name in ("width", "height", "page", "mib", "claimed"):
        words.setdefault(name, "?")
    return format_lazy(TEXTS[refused.code], **words)
