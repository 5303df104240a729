package dev.foretoken.onnxruntime.artifact;

/** How the vectors of a text's tokens become one. */
public enum Pooling {
    /** Their mean. */
    MEAN,
    /** That of the first token. */
    CLS,
    /** That of the last token. */
    LAST,
    /** The graph does it. */
    NONE,
    ;
}
