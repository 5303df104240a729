package dev.foretoken.gateway.encode;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.gateway.answer.FieldCheck;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.text.TextEncoding;
import dev.foretoken.gateway.text.Tokenizer;
import java.util.stream.IntStream;

/** From whatever a caller sent to token ids that a model takes. */
final class EncoderTexts {

    private final ServedModel model;
    private final int longest;
    private final Truncation truncation;

    /** @param graphLongest that the graph says it takes; 0 = any */
    EncoderTexts(ServedModel model, int graphLongest, Truncation truncation) {
        this.model = model;
        this.truncation = truncation;
        this.longest = IntStream.of(
                        graphLongest,
                        model.info().map(ModelInfo::contextTokens).orElse(0),
                        model.tokenizer().map(own -> own.encoder().maxTokens()).orElse(0))
                .filter(limit -> limit > 0)
                .min()
                .orElse(0);
    }

    /**
     * @param place of the input in the request, for messages
     * @throws ForetokenException INVALID_REQUEST, CONTEXT_LENGTH_EXCEEDED, UNSUPPORTED_FEATURE where texts need a tokenizer
     */
    TextEncoding encode(EncoderInput input, String place) {
        TextEncoding whole = switch (input) {
            case EncoderInput.Text text -> tokenizer().encodeWhole(text.text());
            case EncoderInput.Pair pair -> tokenizer().encodePair(pair.first(), pair.second());
            case EncoderInput.Tokens tokens -> TextEncoding.of(checked(tokens.ids(), place));
        };
        if (whole.size() == 0) {
            throw ForetokenException.invalid(place, place + " is empty, at least one token is needed");
        }
        int limit = truncation.limit(longest);
        if (limit == 0 || whole.size() <= limit) {
            return whole;
        }
        if (!truncation.isWanted()) {
            throw tooLong(whole, place, "send less, or truncate_prompt_tokens: -1 to have the end cut off");
        }
        return whole.truncated(limit)
                .orElseThrow(() -> tooLong(whole, place, "and nothing of the text would be left; send less"));
    }

    private Tokenizer tokenizer() {
        return model.tokenizer()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        "model '" + model.publicName() + "' has no tokenizer; send token ids instead of text"));
    }

    private int[] checked(int[] ids, String place) {
        int known = model.info().map(ModelInfo::vocabularySize).orElse(0);
        int vocabulary = known > 0
                ? known
                : model.tokenizer().map(Tokenizer::vocabularySize).orElse(Integer.MAX_VALUE);
        for (int id : ids) {
            FieldCheck.token(place, id, vocabulary);
        }
        return ids;
    }

    private ForetokenException tooLong(TextEncoding text, String place, String advice) {
        return new ForetokenException(
                        ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                        place + " has " + text.size() + " tokens, at most " + truncation.limit(longest) + " are taken; "
                                + advice)
                .withParam(place);
    }
}
