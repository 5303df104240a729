package dev.foretoken.gateway.model;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.template.ChatTemplate;
import dev.foretoken.gateway.template.ChatTemplateContext;
import dev.foretoken.gateway.text.Tokenizer;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/** A checkpoint's own chat templates, compiled once: one for requests with tools where the checkpoint has it, one for the rest. */
public final class CheckpointChat implements ChatRenderer {

    private final ChatTemplate plain;
    private final ChatTemplate withTools;
    private final Map<String, String> specialTokens;
    private final InstantSource clock;
    private final ZoneId zone;

    private CheckpointChat(
            ChatTemplate plain,
            ChatTemplate withTools,
            Map<String, String> specialTokens,
            InstantSource clock,
            ZoneId zone) {
        this.plain = plain;
        this.withTools = withTools;
        this.specialTokens = specialTokens;
        this.clock = clock;
        this.zone = zone;
    }

    /**
     * Empty for a checkpoint without template. A template that does not compile fails the requests that need it and not the model, which can
     * still complete plain prompts.
     *
     * @param clock what templates that write today's date read
     */
    public static Optional<ChatRenderer> of(Tokenizer tokenizer, InstantSource clock, ZoneId zone) {
        try {
            Optional<String> plain = tokenizer.chatTemplates().choose(false);
            Optional<String> withTools = tokenizer.chatTemplates().choose(true);
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            ChatTemplate compiled = ChatTemplate.compile(plain.get());
            ChatTemplate tools = withTools.equals(plain) ? compiled : ChatTemplate.compile(withTools.orElseThrow());
            return Optional.of(new CheckpointChat(
                    compiled, tools, tokenizer.specialTokens().named(), clock, zone));
        } catch (ForetokenException e) {
            String reason = String.valueOf(e.getMessage());
            return Optional.of(input -> {
                throw new ForetokenException(ErrorCode.TEMPLATE_FAILED, reason);
            });
        }
    }

    @Override
    public String render(ChatInput input) {
        boolean hasTools = !input.tools().isEmpty();
        return (hasTools ? withTools : plain)
                .render(new ChatTemplateContext(
                        input.messages(),
                        hasTools ? input.tools() : null,
                        null,
                        input.addGenerationPrompt(),
                        specialTokens,
                        input.variables(),
                        clock.instant().atZone(zone)));
    }
}
