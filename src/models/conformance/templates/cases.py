"""Which template is rendered with which contexts, and what it covers. `rare`: constructs seldom seen in chat templates."""

from contexts import CHATS, OTHER_VALUES, VALUES, chat, USER

BOTH = {"values": VALUES, "other-values": OTHER_VALUES}
ERRORS = ["raise", "raise-in-macro", "raise-in-if", "unknown-function", "unknown-method", "divide", "modulo", "add-types", "add-none",
          "compare-types", "call-string", "macro-arguments", "unpack", "iterate-number", "iterate-none", "length-number", "in-number",
          "in-none", "json-undefined", "items-string", "items-filter", "find-index", "join-numbers", "caller-missing",
          "set-on-mapping", "append", "pop", "update", "class", "class-call", "globals", "attr-filter", "format-escape",
          "large-range", "json-generator", "add-list", "none-attribute", "no-first",
          "unknown-filter-taken", "unknown-test-taken", "unhashable", "endless-recursion", "include", "nothing"]
KWARGS = {
    "none": chat([USER]),
    "thinking": chat([USER], thinking=False, enable_thinking=True, reasoning_effort="high", persona="  a pilot "),
    "budget": chat([USER], thinking_budget=700, keep_all=True, reasoning_effort="odd", persona=""),
    "large-budget": chat([USER], thinking_budget=9000, persona=None, skip_special=True),
    "bad-end": CHATS["finished"],
    "continue": {**CHATS["finished"], "continue_final_message": True},
}
EFFORT = {"effort-high": chat([USER], reasoning_effort="HIGH"), "effort-bad": chat([USER], reasoning_effort="huge")}


def pick(*names):
    return {name: CHATS[name] for name in names}


# name -> (what it covers, contexts)
COMMON = {
    "chat-plain": ("loop, if, trim_blocks and lstrip_blocks, attribute access",
                   pick("user", "turns", "finished", "no-messages", "no-content", "unicode")),
    "chat-tight": ("dashes everywhere, + and ~, trim, loop.index, elif",
                   pick("user", "turns", "finished", "call", "no-messages")),
    "chat-alternation": ("raise_exception, slices, modulo, inline if without else, set in if",
                         pick("user", "system", "turns", "no-messages", "two-users", "assistant-first")),
    "default-system": ("strftime_now, capitalize, for-else", pick("user", "turns", "finished", "no-messages", "unicode")),
    "dates": ("strftime_now formats, default, is defined", {"user": CHATS["user"],
              "given": chat([USER], date_string="1 May"), "none": chat([USER], date_string=None)}),
    "namespace-state": ("namespace with and without start values, lists that grow, scope of set", pick("user", "turns", "calls", "no-messages")),
    "reversed-search": ("[::-1], startswith, endswith, revindex, slices of lists", pick("user", "turns", "tool-result-as-user", "calls")),
    "think-split": ("reasoning split on a tag, continue, macro result as value, strip with arguments, enable_thinking",
                    pick("user", "reasoning", "think", "think-last", "thinking-off", "thinking-on", "call", "parts")),
    "tools-list": ("tools none, empty or given; tojson", pick("user", "tools", "empty-tools", "call", "calls")),
    "tools-schema": ("recursive macros over JSON schema, map('tojson'), key named items, not in", pick("user", "tools", "call")),
    "tool-calls": ("set shadows the loop variable, previtem, nextitem, format filter, arguments as text or mapping",
                   pick("user", "call", "calls", "call-text-arguments")),
    "tool-arguments": ("for-if-else, items(), dictsort, type tests", pick("user", "call", "calls", "call-text-arguments")),
    "content-parts": ("content as text or list, macro that changes a namespace, errors in macros",
                      pick("user", "parts", "parts-numbered", "parts-in-system", "parts-unknown", "no-content")),
    "generation-block": ("generation tag", pick("user", "finished", "turns")),
    "documents": ("items filter, title, map, select", pick("user", "documents", "turns")),
    "filter-messages": ("selectattr, rejectattr, map, unique, groupby, select, reject", pick("user", "turns", "calls", "named-user", "no-messages")),
    "whitespace": ("every kind of white space control", BOTH),
    "raw-and-comments": ("raw, comments, escapes in literals", BOTH),
    "slices": ("indexes and slices of strings, lists, tuples, ranges", BOTH),
    "string-methods": ("methods of strings", BOTH),
    "arithmetic": ("numbers as Python computes and prints them", BOTH),
    "logic": ("and, or, not, in, inline if, truth of values", BOTH),
    "tests": ("tests", BOTH),
    "loops": ("loop variables, break, continue, unpacking, range", BOTH),
    "recursion": ("recursive macros and loops", BOTH),
    "macros": ("defaults, keyword arguments, varargs, call blocks, nested macros", BOTH),
    "set-and-scope": ("set, block set, with, filter blocks, scopes", BOTH),
    "tojson": ("tojson with indent, separators, sort_keys, ensure_ascii", BOTH),
    "printing": ("how values print", BOTH),
    "filters": ("filters", BOTH),
    "safe-strings": ("safe, and what adding to a safe string does", BOTH),
    "mapping-methods": ("get, keys, values, items, keys that are method names", BOTH),
    "undefined-values": ("what undefined values do without an error", BOTH),
    "unicode": ("code points, case, white space beyond ASCII", pick("user", "unicode", "turns")),
    "nested-quotes": ("quotes in quotes, replace", pick("user", "quotes", "no-messages")),
    "role-map": ("dict literals, dict(), in, selectattr and map on content parts",
                 pick("user", "turns", "named-user", "unknown-role", "parts")),
    "channels": ("macros over schemas, several error messages, calls and results in channels",
                 {**pick("user", "tools", "call", "calls", "reasoning"), **EFFORT}),
    "call-ids": ("calls with ids, negative slices, for with a condition and else over items, % formatting",
                 pick("user", "tools", "call", "calls", "call-text-arguments")),
    "xml-arguments": ("tools and arguments as XML by one recursive macro, sort over keys, tojson then safe, e", pick("user", "tools", "call", "calls", "unicode")),
    "kwargs": ("extra variables, chained defaults, % formatting", KWARGS),
    "error-kinds": ("errors while rendering; what is wrong in branches not taken does no harm", {kind: {"kind": kind, "messages": [dict(USER)]} for kind in ERRORS}),
    "error-undefined-attribute": ("attribute of an undefined value", {"undefined": {}, "number": {"number_or_missing": 5},
                                  "fine": {"number_or_missing": {"attribute": {"deeper": "deep"}}}}),
    "error-undefined-add": ("adding an undefined or missing value", pick("user", "no-content", "call", "parts")),
    "error-syntax-unclosed": ("block not closed", pick("user")),
    "error-syntax-tag": ("unknown tag", pick("user")),
    "error-syntax-expression": ("broken expression", pick("user")),
    "error-syntax-filter": ("unknown filter", pick("user")),
    "error-syntax-test": ("unknown test in a branch not taken", pick("user")),
}
RARE = {
    "rare-filters": ("filters seldom seen in chat templates", BOTH),
    "rare-loops": ("when the condition of a loop is asked, recursion over plain lists", BOTH),
}
