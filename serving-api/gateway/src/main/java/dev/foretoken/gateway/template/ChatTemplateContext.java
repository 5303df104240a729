package dev.foretoken.gateway.template;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a template is rendered with. All data is JSON data: maps, lists, texts, numbers, truth values, null.
 *
 * @param messages the conversation
 * @param tools the functions the model may call, or null where the request has none
 * @param documents texts to answer from, or null where the request has none
 * @param addGenerationPrompt whether the text ends where the assistant begins to speak
 * @param specialTokens content by role: {@code bos_token} and so on
 * @param arguments the caller's further arguments, such as {@code enable_thinking}
 * @param now what {@code strftime_now} tells
 */
public record ChatTemplateContext(
        List<? extends Map<String, ?>> messages,
        @Nullable List<?> tools,
        @Nullable List<?> documents,
        boolean addGenerationPrompt,
        Map<String, ?> specialTokens,
        Map<String, ?> arguments,
        ZonedDateTime now) {}
