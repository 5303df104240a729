package dev.foretoken.contract.fake;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a fake model must answer, computed from the request alone: no caches, no batch, no chunks. Any difference to what a scheduler gets out
 * of {@link FakeRuntime} is a fault of the scheduler.
 */
public final class FakeReference {

    private final ModelShape shape;

    public FakeReference(ModelShape shape) {
        this.shape = shape;
    }

    /**
     * How the caches came to be.
     *
     * @param exactTokens prompt positions before this were computed; all others but the prompt's last were predicted
     * @param repairedAt position of the first token that was drawn after predicted K and V had been replaced
     */
    public record Prefilled(int exactTokens, int repairedAt) {
        public static final Prefilled EXACT = new Prefilled(Integer.MAX_VALUE, 0);

        /** From {@code exactTokens} on, and never replaced. */
        public static Prefilled predictedFrom(int exactTokens) {
            return new Prefilled(exactTokens, Integer.MAX_VALUE);
        }
    }

    /** The tokens of one choice, up to its stop token, its token limit or the end of the context. */
    public List<Integer> tokens(GenerationRequest request, int choice) {
        return tokens(request, choice, Prefilled.EXACT);
    }

    public List<Integer> tokens(GenerationRequest request, int choice, Prefilled how) {
        return answer(request, choice, how).stream().map(TokenLogprobs::tokenId).toList();
    }

    /** What {@link #tokens} gives, with the log-probabilities that the request asks for; none are listed when it asks for none. */
    public List<TokenLogprobs> answer(GenerationRequest request, int choice, Prefilled how) {
        int prompt = request.prompt().size();
        int limit = Math.min(contextTokens(), prompt + request.stop().maxTokens());
        int[] history = Arrays.copyOf(request.prompt().tokens().toArray(), limit);
        int top = Math.max(0, request.output().topLogprobs());
        @Nullable Long[] predicted = predicted(request, history, how);
        List<TokenLogprobs> tokens = new ArrayList<>();
        for (int length = prompt; length < limit; length++) {
            ReferenceView view = new ReferenceView(request, choice, length, limit);
            @Nullable Long[] seen = length < how.repairedAt() ? predicted : new Long[prompt];
            long digest = digest(shape.base().caches(), request, history, length - 1, seen);
            int token = FakeArithmetic.draw(digest, view, length, shape.vocabularySize());
            history[length] = token;
            tokens.add(FakeArithmetic.logprobs(digest, token, top, shape.vocabularySize()));
            if (request.stop().stopTokens().contains(token)) {
                break;
            }
        }
        return tokens;
    }

    /** What the auxiliary gives at each predicted prompt position; null elsewhere. */
    private @Nullable Long[] predicted(GenerationRequest request, int[] history, Prefilled how) {
        @Nullable Long[] digests = new Long[request.prompt().size()];
        for (int position = how.exactTokens(); position < digests.length - 1; position++) {
            digests[position] =
                    digest(shape.parts().get(1).caches(), request, history, position, new Long[digests.length]);
        }
        return digests;
    }

    /** Slots of fixed capacity end the context early. */
    private int contextTokens() {
        return shape.base().caches().kinds().stream()
                .mapToInt(kind ->
                        kind instanceof CacheKind.ContiguousSlot slot ? slot.capacityTokens() : Integer.MAX_VALUE)
                .reduce(shape.contextTokens(), Math::min);
    }

    /** Log-probabilities of the prompt tokens from position 1 on. */
    public List<TokenLogprobs> promptScores(GenerationRequest request) {
        int[] prompt = request.prompt().tokens().toArray();
        List<TokenLogprobs> scores = new ArrayList<>();
        for (int position = 0; position + 1 < prompt.length; position++) {
            scores.add(FakeArithmetic.logprobs(
                    digest(shape.base().caches(), request, prompt, position, new Long[prompt.length]),
                    prompt[position + 1],
                    request.output().promptLogprobs(),
                    shape.vocabularySize()));
        }
        return scores;
    }

    private static long digest(
            CacheSpec spec, GenerationRequest request, int[] history, int position, @Nullable Long[] predicted) {
        long digest = 0;
        for (int kind = 0; kind < spec.kinds().size(); kind++) {
            digest = FakeArithmetic.mix(digest, digest(spec, kind, request, history, position, predicted));
        }
        return digest;
    }

    private static long digest(
            CacheSpec spec,
            int index,
            GenerationRequest request,
            int[] history,
            int position,
            @Nullable Long[] predicted) {
        CacheKind kind = spec.kinds().get(index);
        int window = kind instanceof CacheKind.WindowedKv k ? k.windowTokens() : Integer.MAX_VALUE;
        long entry = 0;
        long digest = 0;
        for (int p = 0; p <= position; p++) {
            Long known = p < predicted.length ? predicted[p] : null;
            long input = FakeArithmetic.input(history[p], p, request.prompt().embeddings());
            long formed = FakeArithmetic.formed(input, spec, p, request.prompt().size());
            entry = known == null
                    ? FakeArithmetic.entry(window == 1 ? 0 : entry, formed, p)
                    : FakeArithmetic.predicted(known, index, p);
            if (p > position - window) {
                digest = FakeArithmetic.mix(digest, entry);
            }
        }
        return kind instanceof CacheKind.RecurrentState ? entry : digest;
    }
}
