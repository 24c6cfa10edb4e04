"""The contract's words, without a server."""

import json
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import grpc
import pytest

from docs_service import CATALOGUE_NOTE, shipped_catalogue
from docs_service.server.handlers import DocsHandlers, add_to_server
from huiyin.docs.v1 import docs_service_pb2 as messages
from service_kit.problems import Refusal, RefusedError

HANDLERS = DocsHandlers(shipped_catalogue())
CONTEXT = Mock(spec=grpc.ServicerContext)


def request_of(order, **words):
    usual = {
        "type": order.type,
        "data_json": order.data_json,
        "number": order.number,
        "variant": order.variant,
    }
    return messages.RenderRequest(**{**usual, "format": messages.FORMAT_PDF, **words})


def test_types_are_listed_by_pages():
    codes, token = [], ""
    while True:
        request = messages.ListDocumentTypesRequest(page_size=2, page_token=token)
        page = HANDLERS.ListDocumentTypes(request, CONTEXT)
        codes += [kind.code for kind in page.document_types]
        assert len(page.document_types) <= 2
        assert all(kind.catalogue_note == CATALOGUE_NOTE for kind in page.document_types)
        token = page.next_page_token
        if not token:
            break
    assert codes == sorted(shipped_catalogue().types)


def test_a_type_comes_with_its_fields():
    answer = HANDLERS.GetDocumentType(messages.GetDocumentTypeRequest(code="N02"), CONTEXT)
    kind = answer.document_type
    assert (kind.title, kind.layout, kind.paper_class) == (
        "信访事项受理告知书",
        "notice",
        messages.PAPER_CLASS_NOTICE,
    )
    assert [variant.code for variant in kind.variants] == ["accepted", "received", "report_received"]
    assert json.loads(answer.fields_schema_json)["properties"]["finish_by"]["title"] == "办结期限"
    assert "{{ finish_by }}" in answer.template_text


def test_codes_of_a_list():
    answer = HANDLERS.ListCodes(messages.ListCodesRequest(lists=["outcome"]), CONTEXT)
    assert [code.label for code in answer.codes] == ["予以支持", "解释说明", "不予支持"]
    everything = HANDLERS.ListCodes(messages.ListCodesRequest(), CONTEXT)
    assert {code.list for code in everything.codes} >= {"paper", "layout", "outcome"}


def test_render_gives_what_the_contract_says(make_order):
    answer = HANDLERS.Render(request_of(make_order("N02-accepted")), CONTEXT)
    assert answer.content.startswith(b"%PDF")
    assert answer.media_type == "application/pdf"
    assert answer.page_count == 1
    assert len(answer.data_digest) == len(answer.content_digest) == len(answer.renderer_fingerprint) == 64
    assert answer.template_revision == shipped_catalogue().types["N02"].revision
    docx = HANDLERS.Render(request_of(make_order("N02-accepted"), format=messages.FORMAT_DOCX), CONTEXT)
    assert docx.content.startswith(b"PK")
    assert docx.page_count == 0
    assert docx.data_digest == answer.data_digest


@pytest.mark.parametrize(
    ("call", "code", "refusal"),
    [
        (
            lambda: HANDLERS.Render(messages.RenderRequest(type="N02"), CONTEXT),
            "FORMAT_UNKNOWN",
            Refusal.INVALID,
        ),
        (
            lambda: HANDLERS.GetDocumentType(messages.GetDocumentTypeRequest(code="Z"), CONTEXT),
            "PAPER_UNKNOWN",
            Refusal.NOT_FOUND,
        ),
        (
            lambda: HANDLERS.ListDocumentTypes(messages.ListDocumentTypesRequest(page_size=-1), CONTEXT),
            "PAGE_SIZE",
            Refusal.INVALID,
        ),
        (
            lambda: HANDLERS.ListDocumentTypes(messages.ListDocumentTypesRequest(page_token="?"), CONTEXT),
            "PAGE_TOKEN",
            Refusal.INVALID,
        ),
        (
            lambda: HANDLERS.ListCodes(messages.ListCodesRequest(lists=["moods"]), CONTEXT),
            "CODE_LIST_UNKNOWN",
            Refusal.NOT_FOUND,
        ),
    ],
)
def test_refusals(call, code, refusal):
    with pytest.raises(RefusedError) as refused:
        call()
    assert refused.value.refusal is refusal
    assert [problem.code for problem in refused.value.problems] == [code]


def test_the_service_is_added_under_its_full_name():
    server = grpc.server(ThreadPoolExecutor(1))
    assert add_to_server(server) == "huiyin.docs.v1.DocsService"
