package dev.foretoken.gateway.model;

import java.util.List;
import java.util.Map;

/** Turns messages into the text a model was trained on: the checkpoint's chat template. Any thread may call it. */
@FunctionalInterface
public interface ChatRenderer {

    /**
     * @throws dev.foretoken.contract.ForetokenException TEMPLATE_FAILED with the template's own words
     */
    String render(ChatInput input);

    /**
     * @param messages OpenAI messages as JSON values: String, Boolean, Long, Double, List, Map, null
     * @param tools OpenAI tools in the same form; empty = none
     * @param variables further variables the caller may set (vLLM's {@code chat_template_kwargs})
     */
    record ChatInput(
            List<Map<String, Object>> messages,
            List<Map<String, Object>> tools,
            boolean addGenerationPrompt,
            Map<String, Object> variables) {}
}
