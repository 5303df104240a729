package dev.foretoken.gateway.model;

import dev.foretoken.gateway.template.ChatTemplate;
import dev.foretoken.gateway.template.ChatTemplateContext;
import dev.foretoken.gateway.text.ChatTemplateSources;
import dev.foretoken.gateway.text.Tokenizer;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Renders with the checkpoint's own templates, each compiled once. */
public final class TemplateChat implements ChatRenderer {

    private final ChatTemplateSources sources;
    private final Map<String, ChatTemplate> bySource;
    private final Map<String, String> specialTokens;
    private final Clock clock;

    private TemplateChat(
            ChatTemplateSources sources,
            Map<String, ChatTemplate> bySource,
            Map<String, String> specialTokens,
            Clock clock) {
        this.sources = sources;
        this.bySource = bySource;
        this.specialTokens = specialTokens;
        this.clock = clock;
    }

    /**
     * The renderer of a checkpoint; empty when it has no template.
     *
     * @param clock what templates that write the date read
     * @throws dev.foretoken.contract.ForetokenException TEMPLATE_FAILED when a template cannot be compiled
     */
    public static Optional<ChatRenderer> of(Tokenizer tokenizer, Clock clock) {
        ChatTemplateSources sources = tokenizer.chatTemplates();
        if (sources.byName().isEmpty()) {
            return Optional.empty();
        }
        Map<String, ChatTemplate> compiled = new HashMap<>();
        sources.byName().values().forEach(source -> compiled.put(source, ChatTemplate.compile(source)));
        return Optional.of(
                new TemplateChat(sources, compiled, tokenizer.specialTokens().named(), clock));
    }

    @Override
    public String render(ChatInput input) {
        boolean hasTools = !input.tools().isEmpty();
        String source = sources.choose(hasTools).orElseThrow();
        List<Map<String, Object>> tools = input.tools();
        return bySource.get(source)
                .render(new ChatTemplateContext(
                        input.messages(),
                        hasTools ? tools : null,
                        null,
                        input.addGenerationPrompt(),
                        specialTokens,
                        input.variables(),
                        ZonedDateTime.now(clock)));
    }
}
