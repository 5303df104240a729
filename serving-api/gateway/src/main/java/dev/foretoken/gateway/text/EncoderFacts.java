package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a checkpoint says of texts that are encoded whole.
 *
 * @param maxTokens of one input; 0 = it does not say
 * @param manyLabels whether each class is decided by itself, so that several can hold
 */
public record EncoderFacts(int maxTokens, boolean manyLabels) {

    private static final String MANY_LABELS = "multi_label_classification";

    static EncoderFacts read(TokenizerFiles files, JsonNode tokenizerConfig) {
        int most = least(
                length(tokenizerConfig.path("model_max_length")),
                length(files.object("sentence_bert_config.json").path("max_seq_length")));
        String problem = files.object("config.json").path("problem_type").asText("");
        return new EncoderFacts(most, problem.equals(MANY_LABELS));
    }

    /** Checkpoints without a limit write an enormous number. */
    private static int length(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt() ? Math.max(0, node.intValue()) : 0;
    }

    /** The smaller one of those that are known. */
    private static int least(int one, int other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }
}
