package dev.foretoken.registry.measure;

/** Text to tokens and back, by the measured model's own tokenizer. Any thread may call it. */
public interface TextCodec {

    /** Ids of a prompt, with what the tokenizer puts before it. */
    int[] prompt(String text);

    /** Ids of a piece of text, by themselves. */
    int[] piece(String text);

    /** Text of ids, special tokens left out. */
    String text(int[] ids);
}
