"""The documents service over gRPC: a handler translates, a function without transport does the work."""

import base64
import json
from collections.abc import Sequence

import grpc

from docs_service.catalogue import (
    CATALOGUE_NOTE,
    Catalogue,
    DocumentType,
    PaperClass,
    fields_schema,
    shipped_catalogue,
)
from docs_service.orders import Format, Party, RenderedPaper, RenderOrder
from docs_service.render import render, warm_up
from docs_service.seals import installed_seals
from huiyin.docs.v1 import docs_service_pb2 as messages
from huiyin.docs.v1 import docs_service_pb2_grpc as services
from service_kit.problems import Problem, Refusal, RefusedError

SERVICE_NAME = messages.DESCRIPTOR.services_by_name["DocsService"].full_name
USUAL_PAGE = 100
LARGEST_PAGE = 1000

_FORMATS = {messages.FORMAT_PDF: Format.PDF, messages.FORMAT_DOCX: Format.DOCX}
_CLASSES = {
    PaperClass.BUSINESS: messages.PAPER_CLASS_BUSINESS,
    PaperClass.NOTICE: messages.PAPER_CLASS_NOTICE,
}


class DocsHandlers(services.DocsServiceServicer):
    """Answers the calls of the contract from one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def ListDocumentTypes(
        self, request: messages.ListDocumentTypesRequest, context: grpc.ServicerContext
    ) -> messages.ListDocumentTypesResponse:
        """A page of the types, by code."""
        codes = sorted(self._catalogue.types)
        start = _page_start(request.page_token, codes)
        size = _page_size(request.page_size)
        page = [_type_message(self._catalogue.types[code]) for code in codes[start : start + size]]
        more = start + size < len(codes)
        token = _page_token(codes[start + size - 1]) if more else ""
        return messages.ListDocumentTypesResponse(document_types=page, next_page_token=token)

    def GetDocumentType(
        self, request: messages.GetDocumentTypeRequest, context: grpc.ServicerContext
    ) -> messages.GetDocumentTypeResponse:
        """One type with its fields and its words."""
        kind = self._catalogue.types.get(request.code)
        if kind is None:
            known = "、".join(sorted(self._catalogue.types))
            problem = Problem("PAPER_UNKNOWN", "code", "没有这种文书。", f"可用的文书：{known}。")
            raise RefusedError([problem], Refusal.NOT_FOUND)
        return messages.GetDocumentTypeResponse(
            document_type=_type_message(kind),
            fields_schema_json=json.dumps(fields_schema(kind), ensure_ascii=False),
            template_text=kind.template_text,
        )

    def ListCodes(
        self, request: messages.ListCodesRequest, context: grpc.ServicerContext
    ) -> messages.ListCodesResponse:
        """The codes of the lists wanted."""
        codes = self._catalogue.all_codes()
        known = dict.fromkeys(code.list_name for code in codes)
        problems = [
            Problem(
                "CODE_LIST_UNKNOWN", f"lists[{at}]", "没有这个代码表。", f"可用的代码表：{'、'.join(known)}。"
            )
            for at, name in enumerate(request.lists)
            if name not in known
        ]
        if problems:
            raise RefusedError(problems, Refusal.NOT_FOUND)
        wanted = set(request.lists) or set(known)
        return messages.ListCodesResponse(
            codes=(
                messages.Code(list=code.list_name, code=code.code, label=code.label, english=code.english)
                for code in codes
                if code.list_name in wanted
            )
        )

    def Render(
        self, request: messages.RenderRequest, context: grpc.ServicerContext
    ) -> messages.RenderResponse:
        """One paper."""
        return _paper_message(render(_order(request), self._catalogue))


def add_to_server(server: grpc.Server) -> str:
    """Load catalogue and seals, render once so that the first caller does not wait, add the service and give
    its name. Raises RefusedError where a seal is none.
    """
    installed_seals()
    catalogue = shipped_catalogue()
    warm_up(catalogue)
    services.add_DocsServiceServicer_to_server(DocsHandlers(catalogue), server)
    return SERVICE_NAME


def _page_size(asked: int) -> int:
    if asked < 0:
        raise RefusedError([Problem("PAGE_SIZE", "page_size", "每页条数不能是负数。", "请写 0 或者正数。")])
    return min(asked or USUAL_PAGE, LARGEST_PAGE)


def _page_token(last_code: str) -> str:
    return base64.urlsafe_b64encode(last_code.encode()).decode()


def _page_start(token: str, codes: Sequence[str]) -> int:
    """Where the page begins: after the code that the token names, even if that code is gone."""
    if not token:
        return 0
    try:
        last = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError:
        message = "翻页标记不是本服务给出的。"
        raise RefusedError([Problem("PAGE_TOKEN", "page_token", message, "请从第一页重新读取。")]) from None
    return sum(1 for code in codes if code <= last)


def _order(request: messages.RenderRequest) -> RenderOrder:
    format_ = _FORMATS.get(request.format)
    if format_ is None:
        raise RefusedError(
            [Problem("FORMAT_UNKNOWN", "format", "没有指明格式。", "请写 FORMAT_PDF 或者 FORMAT_DOCX。")]
        )
    return RenderOrder(
        type=request.type,
        data_json=request.data_json,
        format=format_,
        variant=request.variant,
        template_revision=request.template_revision,
        draft=request.draft,
        seal=request.seal,
        number=request.number,
        recipients=tuple(Party(party.key, party.name) for party in request.recipients),
        forbidden_recipients=tuple(Party(party.key, party.name) for party in request.forbidden_recipients),
        language=request.language,
        decision_id=request.decision_id,
        paper_call_id=request.paper_call_id,
    )


def _type_message(kind: DocumentType) -> messages.DocumentType:
    return messages.DocumentType(
        code=kind.code,
        title=kind.title,
        english=kind.english,
        paper_class=_CLASSES[kind.paper_class],
        issued_when=kind.issued_when,
        issued_by=kind.issued_by,
        addressed_to=kind.addressed_to,
        basis=(messages.LegalBasis(source=b.source, article=b.article, quote=b.quote) for b in kind.basis),
        variants=(
            messages.Variant(code=v.code, title=v.title, issued_when=v.issued_when) for v in kind.variants
        ),
        template_revision=kind.revision,
        restricted=kind.restricted,
        layout=kind.layout,
        catalogue_note=CATALOGUE_NOTE,
    )


def _paper_message(paper: RenderedPaper) -> messages.RenderResponse:
    return messages.RenderResponse(
        content=paper.content,
        media_type=paper.media_type,
        file_name=paper.file_name,
        page_count=paper.page_count,
        template_revision=paper.template_revision,
        data_digest=paper.data_digest,
        content_digest=paper.content_digest,
        renderer_fingerprint=paper.renderer_fingerprint,
        substitutes=(
            messages.FontSubstitute(role=s.role, family=s.family, reason=s.reason) for s in paper.substitutes
        ),
    )
