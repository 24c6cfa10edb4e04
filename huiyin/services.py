"""The two services as they are served: which role each method asks for. Imports the code of neither."""

from service_kit.serving.definition import Role, ServiceDefinition

RULES = ServiceDefinition(
    name="rules",
    add_to_server="rules_service.server.handlers:add_to_server",
    domain="rules.huiyin",
    default_port=50061,
    roles={
        f"/huiyin.rules.v1.RulesService/{method}": Role.EVALUATE
        for method in (
            "Evaluate",
            "BatchEvaluate",
            "Assess",
            "BatchAssess",
            "AssessOffice",
            "AssessAffair",
            "ListRulesets",
            "GetRuleset",
            "ListCodes",
        )
    },
    data={"HUIYIN_RULESETS": "rulesets", "HUIYIN_ADOPTIONS": ""},
)

DOCS = ServiceDefinition(
    name="docs",
    add_to_server="docs_service.server.handlers:add_to_server",
    domain="docs.huiyin",
    default_port=50062,
    roles={
        f"/huiyin.docs.v1.DocsService/{method}": Role.RENDER
        for method in ("ListDocumentTypes", "GetDocumentType", "ListCodes", "Render")
    },
    data={"HUIYIN_SEALS": ""},
)

SERVICES = {service.name: service for service in (RULES, DOCS)}
