package dev.foretoken.gateway.template;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.template.eval.Rendering;
import dev.foretoken.gateway.template.syntax.ParsedTemplate;
import dev.foretoken.gateway.template.syntax.TemplateParser;
import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.JsonData;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A checkpoint's chat template: the subset of Jinja2 that chat templates use, rendered as Hugging Face transformers renders
 * it (trim_blocks, lstrip_blocks, its {@code tojson}, {@code raise_exception}, {@code strftime_now}).
 *
 * <p>Source of the language: the Jinja2 3.1 documentation. Immutable; any number of threads may render at once.
 */
public final class ChatTemplate {
    private final ParsedTemplate parsed;
    private final TemplateLimits limits;

    private ChatTemplate(ParsedTemplate parsed, TemplateLimits limits) {
        this.parsed = parsed;
        this.limits = limits;
    }

    /** {@link #compile(String, TemplateLimits)} with {@link TemplateLimits#DEFAULT}. */
    public static ChatTemplate compile(String source) {
        return compile(source, TemplateLimits.DEFAULT);
    }

    /** @throws ForetokenException {@link ErrorCode#TEMPLATE_FAILED} with the line of the first mistake */
    public static ChatTemplate compile(String source, TemplateLimits limits) {
        if (source.length() > limits.maxSourceCharacters()) {
            throw new ForetokenException(
                    ErrorCode.TEMPLATE_FAILED,
                    "The chat template has " + source.length() + " characters, at most " + limits.maxSourceCharacters()
                            + " are allowed");
        }
        return new ChatTemplate(guarded(() -> TemplateParser.parse(source)), limits);
    }

    /**
     * The prompt's text; it already has the special tokens the template writes, so encode it without adding any.
     *
     * @throws ForetokenException {@link ErrorCode#TEMPLATE_FAILED} where the template refuses the conversation (its own
     *     sentence), fails or goes beyond its limits; {@link ErrorCode#INVALID_REQUEST} for a reserved argument
     */
    public String render(ChatTemplateContext context) {
        Map<String, Object> arguments = TemplateArguments.allowed(context.arguments(), parsed.names());
        return guarded(() -> {
            Budget budget =
                    new Budget(limits.maxSteps(), limits.maxTextCharacters(), limits.maxDepth(), limits.maxRange());
            return new Rendering(budget, limits.maxOutputCharacters(), context.now())
                    .render(parsed, variables(context, arguments));
        });
    }

    private static Map<String, Value> variables(ChatTemplateContext context, Map<String, Object> arguments) {
        Map<String, Value> variables = new HashMap<>();
        context.specialTokens().forEach((name, value) -> variables.put(name, JsonData.of(value)));
        arguments.forEach((name, value) -> variables.put(name, JsonData.of(value)));
        variables.put("messages", JsonData.of(context.messages()));
        // As in transformers: without tools the name is defined, and None.
        variables.put("tools", JsonData.of(context.tools()));
        variables.put("documents", JsonData.of(context.documents()));
        variables.put("add_generation_prompt", JsonData.of(context.addGenerationPrompt()));
        return variables;
    }

    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (TemplateError e) {
            throw new ForetokenException(ErrorCode.TEMPLATE_FAILED, e.describe());
        } catch (StackOverflowError e) {
            throw new ForetokenException(
                    ErrorCode.TEMPLATE_FAILED, "The chat template failed: it nests too deep for this thread");
        }
    }
}
