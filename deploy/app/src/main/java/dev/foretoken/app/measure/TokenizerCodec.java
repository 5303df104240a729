package dev.foretoken.app.measure;

import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.measure.TextCodec;

/** A model's tokenizer, as measuring needs it. */
record TokenizerCodec(Tokenizer tokenizer) implements TextCodec {

    @Override
    public int[] prompt(String text) {
        return tokenizer.encode(text, true);
    }

    @Override
    public int[] piece(String text) {
        return tokenizer.encode(text, false);
    }

    @Override
    public String text(int[] ids) {
        return tokenizer.decode(ids, true);
    }
}
