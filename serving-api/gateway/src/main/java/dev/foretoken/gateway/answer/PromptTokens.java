package dev.foretoken.gateway.answer;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.ServedModel;

/** From whatever a caller sent to the token ids of the prompt. */
final class PromptTokens {

    private final ServedModel model;
    private final ModelInfo info;

    PromptTokens(ServedModel model, ModelInfo info) {
        this.model = model;
        this.info = info;
    }

    TokenIds of(PromptInput input) {
        TokenIds ids = switch (input) {
            case PromptInput.Text text -> encode(text.text(), true);
            case PromptInput.RenderedChat chat -> encode(chat.text(), false);
            case PromptInput.Tokens tokens -> checked(tokens.ids());
        };
        if (ids.size() == 0) {
            throw ForetokenException.invalid("prompt", "prompt is empty, at least one token is needed");
        }
        return ids;
    }

    private TokenIds encode(String text, boolean addSpecialTokens) {
        return TokenIds.of(model.requireTokenizer().encode(text, addSpecialTokens));
    }

    private TokenIds checked(TokenIds ids) {
        ids.stream().forEach(id -> FieldCheck.token("prompt", id, info.vocabularySize()));
        return ids;
    }
}
