"""The variables that templates are rendered with: conversations as requests bring them, and plain values."""

USER = {"role": "user", "content": "Which boat leaves first?"}
SYSTEM = {"role": "system", "content": "  You keep the harbour's book.  "}
ANSWER = {"role": "assistant", "content": "The red one, at <b>six</b>."}
AGAIN = {"role": "user", "content": "And the one after it?\n"}

TIDE = {"type": "function", "function": {
    "name": "tide", "description": "High water\nfor a harbour.",
    "parameters": {"type": "object", "required": ["harbour"], "properties": {
        "harbour": {"type": "string", "description": "Name, as in the book & map"},
        "day": {"type": "string", "enum": ["today", "tomorrow"], "default": "today"},
        "heights": {"type": "array", "items": {"type": "number"}}}}}}
BOOK = {"type": "function", "function": {
    "name": "book", "description": "Books berths.",
    "parameters": {"type": "object", "required": ["boat", "place"], "properties": {
        "boat": {"type": ["string", "null"], "description": "Boat"},
        "place": {"type": "object", "description": "Where", "required": ["x"], "properties": {
            "x": {"type": "integer"}, "note": {"anyOf": [{"type": "string"}, {"type": "boolean"}]}}},
        "tags": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, "free": {}}}}}
BARE = {"type": "function", "function": {"name": "now", "parameters": {}}}
TOOLS = [TIDE, BOOK, BARE]


def call(id, name, arguments):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


TIDE_CALL = call("call_tide_0001", "tide", {"harbour": "Ålesund \"old\"", "day": "today", "heights": [1.5, 2]})
BOOK_CALL = call("call_book_0002", "book", {"boat": None, "place": {"x": 3, "note": True}, "tags": [], "n": 7, "r": 0.5, "ok": False})
TIDE_RESULT = {"role": "tool", "tool_call_id": "call_tide_0001", "name": "tide", "content": "{\"high\": \"06:12\"}"}
BOOK_RESULT = {"role": "tool", "tool_call_id": "call_book_0002", "content": "done"}


def chat(messages, **more):
    """As transformers calls a template: tools and documents are always there, None if not given."""
    base = {"tools": None, "documents": None, "add_generation_prompt": True, "bos_token": "<s>", "eos_token": "</s>"}
    return {"messages": messages, **base, **more}


CHATS = {
    "user": chat([USER]),
    "system": chat([SYSTEM, USER]),
    "turns": chat([SYSTEM, USER, ANSWER, AGAIN]),
    "finished": chat([USER, ANSWER], add_generation_prompt=False),
    "tools": chat([SYSTEM, USER], tools=TOOLS),
    "empty-tools": chat([USER], tools=[]),
    "call": chat([USER, {"role": "assistant", "content": None, "tool_calls": [TIDE_CALL]}, TIDE_RESULT], tools=[TIDE]),
    "calls": chat([SYSTEM, USER, {"role": "assistant", "content": "Two things.", "tool_calls": [TIDE_CALL, BOOK_CALL]},
                   TIDE_RESULT, BOOK_RESULT, {"role": "assistant", "content": "Booked."}, AGAIN], tools=TOOLS),
    "call-text-arguments": chat([USER, {"role": "assistant", "content": "", "tool_calls": [
        call("call_0003", "tide", '{"harbour": "Bergen"}')]}, TIDE_RESULT], tools=[TIDE], add_generation_prompt=False),
    "reasoning": chat([USER, {"role": "assistant", "reasoning_content": "\nRed is early.\n", "content": "Red."}, AGAIN,
                       {"role": "assistant", "reasoning_content": "Then blue.", "content": "\n\nBlue."}],
                      add_generation_prompt=False),
    "think": chat([USER, {"role": "assistant", "content": "<think>\nRed?\nYes.\n</think>\n\nRed."}, AGAIN,
                   {"role": "assistant", "content": "<think></think>Blue."}]),
    "think-last": chat([USER, {"role": "assistant", "content": "<think>\nRed?\nYes.\n</think>\n\nRed.</think>"}], add_generation_prompt=False),
    "thinking-off": chat([USER], enable_thinking=False),
    "thinking-on": chat([USER], enable_thinking=True),
    "parts": chat([SYSTEM, {"role": "user", "content": [
        {"type": "text", "text": "Look at "}, {"type": "image"}, {"type": "text", "text": "and "},
        {"type": "image_url", "image_url": {"url": "a.png"}}, {"type": "text", "text": "!"}]}]),
    "parts-numbered": chat([{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is it?"}]},
                            {"role": "assistant", "content": [{"type": "text", "text": "A boat."}]}, AGAIN], number_images=True),
    "parts-in-system": chat([{"role": "system", "content": [{"type": "image"}]}, USER]),
    "parts-unknown": chat([{"role": "user", "content": [{"type": "smell", "smell": "tar"}]}]),
    "tool-result-as-user": chat([USER, ANSWER, {"role": "user", "content": "<tool_result>\n6\n</tool_result>"}]),
    "unicode": chat([{"role": "user", "content": "Zürich, 東京 & 🦊👩‍🚀 <é>"}, {"role": "assistant", "content": "naïve \"ß\" 'ok'"}]),
    "quotes": chat([{"role": "user", "content": "it's \"here\"\\n"}, {"role": "assistant", "content": "{\"a\": '1'}"}]),
    "no-messages": chat([]),
    "two-users": chat([USER, AGAIN]),
    "assistant-first": chat([SYSTEM, ANSWER, USER]),
    "unknown-role": chat([USER, {"role": "harbourmaster", "content": "Stop!"}]),
    "no-content": chat([{"role": "user"}]),
    "named-user": chat([{"role": "user", "name": "anna lund", "content": "Hi"}, {"role": "assistant", "content": None}]),
    "documents": chat([USER], documents=[{"title": "Tides", "text": "High at six."}, {"title": "Boats", "text": "Red, blue."}]),
}

VALUES = {
    "number": 7, "pi": 3.25, "word": "Foretoken", "phrase": "  the quick\tfox \n", "list": [3, 1, 2], "empty_list": [],
    "mapping": {"key": "value", "n": 1, "nested": {"deep": {"list": [1, "two", None]}}, "ü": [True, 1.5]},
    "mixed": [1, "a", None, True, 2.5, {"k": []}, []], "nothing": None, "yes": True,
    "clash": {"items": {"type": "string"}, "keys": "k", "get": "g", "values": 1, "count": 2},
    "people": [{"name": "Ida", "age": 41, "home": {"city": "Bern"}}, {"name": "bo", "age": 29, "home": {"city": "Århus"}},
               {"name": "Cy", "home": {"city": "Bern"}}],
    "root": {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}, {"name": "d", "n": 1.0, "t": True}]},
    "messages": [USER, ANSWER], "tools": [TIDE], "documents": None, "add_generation_prompt": False,
}
OTHER_VALUES = {
    **VALUES, "number": -4, "pi": 0.1, "word": "ÅNGSTRÖM x", "phrase": "\n", "list": [10, 10, -1, 1], "nothing": "something",
    "mapping": {"key": "a'b\"c", "z": {}, "b": -0.5, "nested": {"deep": {"list": [{"x": 1}]}}},
    "mixed": [], "people": [{"name": "Ola", "age": 1, "home": {"city": "Bern"}}], "root": {"name": "alone"}, "tools": None,
}
