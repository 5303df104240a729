package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.text.TokenText;
import dev.foretoken.gateway.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How log-probability lists call a token: its text, or {@code token_id:N} for a model without tokenizer. */
final class TokenNames {

    private final Optional<Tokenizer> tokenizer;

    TokenNames(Optional<Tokenizer> tokenizer) {
        this.tokenizer = tokenizer;
    }

    TokenText of(int id) {
        return tokenizer.map(t -> t.tokenText(id)).orElseGet(() -> byNumber(id));
    }

    private static TokenText byNumber(int id) {
        String name = "token_id:" + id;
        return new TokenText(id, name, name.getBytes(StandardCharsets.UTF_8));
    }

    /** The prompt as text; empty without tokenizer. */
    String text(int[] ids) {
        return tokenizer.map(t -> t.decode(ids, false)).orElse("");
    }
}
