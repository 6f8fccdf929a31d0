"""What each client raises when the router refuses with a status: its own name for it, by status."""


def _of(module: str, names: dict[int, str]) -> dict[int, str]:
    return {status: f"{module}.{name}" for status, name in names.items()}


_STAINLESS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    413: "APIStatusError",
    429: "RateLimitError",
    500: "InternalServerError",
    503: "InternalServerError",
}
OPENAI = _of("openai", _STAINLESS)
ANTHROPIC = _of("anthropic", _STAINLESS | {413: "ContentTooLargeError", 503: "ServiceUnavailableError"})
OPENAI_0 = _of(
    "openai",
    {
        400: "InvalidRequestError",
        401: "AuthenticationError",
        403: "PermissionError",
        404: "InvalidRequestError",
        413: "APIError",
        429: "RateLimitError",
        500: "APIError",
        503: "ServiceUnavailableError",
    },
)
# It looks for "invalid_request_error" in the text before it looks at the status.
LITELLM = _of(
    "litellm",
    _STAINLESS
    | {
        403: "APIError",
        413: "BadRequestError",
        500: "BadGatewayError",
        503: "ServiceUnavailableError",
    },
)
LANGCHAIN_OPENAI = OPENAI | _of(
    "langchain_openai",
    {
        400: "OpenAIInvalidRequestError",
        401: "OpenAIAuthenticationError",
        403: "OpenAIPermissionDeniedError",
        404: "OpenAIModelNotFoundError",
        429: "OpenAIRateLimitError",
        500: "OpenAIAPIError",
        503: "OpenAIAPIError",
    },
)
LANGCHAIN_ANTHROPIC = ANTHROPIC | _of(
    "langchain_anthropic",
    {
        400: "AnthropicInvalidRequestError",
        401: "AnthropicAuthenticationError",
        403: "AnthropicPermissionDeniedError",
        404: "AnthropicModelNotFoundError",
        429: "AnthropicRateLimitError",
        500: "AnthropicAPIError",
        503: "AnthropicAPIError",
    },
)
PYDANTIC_AI = _of(
    "pydantic_ai",
    {
        400: "ModelRequestRejectedError",
        401: "ModelAuthenticationError",
        403: "ModelAuthenticationError",
        404: "ModelNotFoundError",
        413: "ModelHTTPError",
        429: "ModelRateLimitError",
        500: "ModelServerError",
        503: "ModelUnavailableError",
    },
)
OLLAMA = dict.fromkeys(_STAINLESS, "ollama.ResponseError")
# Agents end with a message of their own.
MESSAGE = dict.fromkeys(_STAINLESS, "__main__.Failed")
# Callers without an SDK look at the status.
STATUS = dict.fromkeys(_STAINLESS, "by_hand.Refused")
