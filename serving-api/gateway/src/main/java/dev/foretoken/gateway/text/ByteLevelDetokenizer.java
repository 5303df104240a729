package dev.foretoken.gateway.text;

/**
 * For byte-level vocabularies, where decoding is joining bytes: exact for any ids, also for ids that make no valid text,
 * and without a native call.
 */
final class ByteLevelDetokenizer implements IncrementalDetokenizer {
    private final Vocabulary vocabulary;
    private final boolean skipSpecialTokens;
    private final Utf8Stream utf8 = new Utf8Stream();

    ByteLevelDetokenizer(Vocabulary vocabulary, boolean skipSpecialTokens) {
        this.vocabulary = vocabulary;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    @Override
    public String append(int tokenId) {
        return skipSpecialTokens && vocabulary.isSpecial(tokenId) ? "" : utf8.append(vocabulary.bytes(tokenId));
    }

    @Override
    public String finish() {
        return utf8.finish();
    }
}
