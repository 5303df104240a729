"""Renders with the original engine, as transformers' apply_chat_template sets it up, and names what went wrong."""

from datetime import datetime

import jinja2
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
from transformers.utils.chat_template_utils import _compile_jinja_template

NOW = datetime(2024, 3, 9, 14, 5, 7)


def strftime_now(pattern: str) -> str:
    return NOW.strftime(pattern)


def kind_of(error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError):
        return "syntax"
    if isinstance(error, UndefinedError):
        return "undefined"
    if isinstance(error, SecurityError):
        return "sandbox"
    return "raised" if type(error) is TemplateError else "runtime"


def render(template: str, variables: dict) -> dict:
    """Returns {"output"} or {"error", "message"}. The message is the template author's own only for "raised"."""
    try:
        return {"output": _compile_jinja_template(template).render(**variables, strftime_now=strftime_now)}
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        return {"error": kind_of(error), "message": str(error)}
    except RecursionError:
        return {"error": "runtime", "message": "maximum recursion depth exceeded"}
