package dev.foretoken.gateway.template;

import dev.foretoken.contract.ForetokenException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which of a caller's {@code chat_template_kwargs} reach the template: those it names itself.
 *
 * <p>The names the server fills in cannot be replaced, nor can functions: a caller who could set {@code messages} or
 * {@code tokenize} would get around every check of the request.
 */
final class TemplateArguments {
    private static final String FIELD = "chat_template_kwargs";
    private static final int MAX_COUNT = 64;
    private static final Set<String> RESERVED = Set.of(
            "messages",
            "conversation",
            "chat_template",
            "tools",
            "documents",
            "add_generation_prompt",
            "tokenize",
            "padding",
            "truncation",
            "max_length",
            "return_tensors",
            "return_dict",
            "return_assistant_tokens_mask",
            "tokenizer_kwargs",
            "bos_token",
            "eos_token",
            "unk_token",
            "sep_token",
            "pad_token",
            "cls_token",
            "mask_token",
            "additional_special_tokens",
            "raise_exception",
            "strftime_now",
            "range",
            "dict",
            "namespace",
            "cycler",
            "joiner",
            "lipsum",
            "loop",
            "self",
            "caller",
            "varargs",
            "kwargs");

    private TemplateArguments() {}

    /** @throws ForetokenException where there are too many, or a reserved name is among them */
    static Map<String, Object> allowed(Map<String, ?> arguments, Set<String> namedByTemplate) {
        if (arguments.size() > MAX_COUNT) {
            throw ForetokenException.invalid(
                    FIELD, FIELD + " has " + arguments.size() + " entries, at most " + MAX_COUNT + " are allowed");
        }
        Map<String, Object> allowed = new HashMap<>();
        arguments.forEach((name, value) -> {
            if (RESERVED.contains(name)) {
                throw ForetokenException.invalid(
                        FIELD, FIELD + " sets '" + name + "', which the server itself provides; leave it out");
            }
            if (namedByTemplate.contains(name)) {
                allowed.put(name, value);
            }
        });
        return allowed;
    }
}
