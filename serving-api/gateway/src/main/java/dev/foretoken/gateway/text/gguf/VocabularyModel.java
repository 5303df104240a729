package dev.foretoken.gateway.text.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A kind of vocabulary. */
sealed interface VocabularyModel permits ByteLevelModel, SentencePieceModel {

    /** Whether a prompt begins with the BOS token where the file does not say. */
    boolean beginsWithBos();

    /** Sets normalizer, pre-tokenizer, decoder and model of a tokenizer.json. */
    void write(ObjectNode tokenizer);
}
