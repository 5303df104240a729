package dev.foretoken.contract.fake;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a fake model must answer, computed from the request alone: no caches, no batch, no chunks. Any difference to what a scheduler gets out
 * of {@link FakeRuntime} is a fault of the scheduler.
 */
public final class FakeReference {

    private final ModelShape shape;

    public FakeReference(ModelShape shape) {
        this.shape = shape;
    }

    /** The tokens of one choice, up to its stop token, its token limit or the end of the context. */
    public List<Integer> tokens(GenerationRequest request, int choice) {
        return answer(request, choice).stream().map(TokenLogprobs::tokenId).toList();
    }

    /** What {@link #tokens} gives, with the log-probabilities that the request asks for; none are listed when it asks for none. */
    public List<TokenLogprobs> answer(GenerationRequest request, int choice) {
        int prompt = request.prompt().size();
        int limit = Math.min(contextTokens(), prompt + request.stop().maxTokens());
        int[] history = Arrays.copyOf(request.prompt().tokens().toArray(), limit);
        int top = Math.max(0, request.output().topLogprobs());
        List<TokenLogprobs> tokens = new ArrayList<>();
        for (int length = prompt; length < limit; length++) {
            ReferenceView view = new ReferenceView(request, choice, length, limit);
            long digest = digest(request, history, length - 1);
            int token = FakeArithmetic.draw(digest, view, length, shape.vocabularySize());
            history[length] = token;
            tokens.add(FakeArithmetic.logprobs(digest, token, top, shape.vocabularySize()));
            if (request.stop().stopTokens().contains(token)) {
                break;
            }
        }
        return tokens;
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
                    digest(request, prompt, position),
                    prompt[position + 1],
                    request.output().promptLogprobs(),
                    shape.vocabularySize()));
        }
        return scores;
    }

    private long digest(GenerationRequest request, int[] history, int position) {
        long digest = 0;
        for (CacheKind kind : shape.base().caches().kinds()) {
            digest = FakeArithmetic.mix(digest, digest(kind, request, history, position));
        }
        return digest;
    }

    private long digest(CacheKind kind, GenerationRequest request, int[] history, int position) {
        int window = kind instanceof CacheKind.WindowedKv k ? k.windowTokens() : Integer.MAX_VALUE;
        long entry = 0;
        long digest = 0;
        for (int p = 0; p <= position; p++) {
            long input = FakeArithmetic.input(history[p], p, request.prompt().embeddings());
            long formed = FakeArithmetic.formed(
                    input, shape.base().caches(), p, request.prompt().size());
            entry = FakeArithmetic.entry(window == 1 ? 0 : entry, formed, p);
            if (p > position - window) {
                digest = FakeArithmetic.mix(digest, entry);
            }
        }
        return kind instanceof CacheKind.RecurrentState ? entry : digest;
    }
}
