package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeRuntime} pretends to be.
 *
 * @param depth how steps are computed: see {@link Depth}
 * @param gate holds every step until released; null = none
 * @param failingSteps numbers of the steps (from 0) that fail
 * @param draftErrorPercent how often a draft part whose caches are like the base's draws something else than the base
 */
public record FakeModel(
        ModelShape shape,
        Capabilities capabilities,
        Depth depth,
        TokenScript script,
        @Nullable StepGate gate,
        Set<Integer> failingSteps,
        long residentBytes,
        int draftErrorPercent) {

    /** When and how much a step computes. */
    public enum Depth {
        /** Everything, when the step is begun. */
        EAGER,
        /** Everything, when the step is awaited: shows plans and sequences that change too early. */
        LAZY,
        /** Tokens without reading caches or checking plans: for latency benches. */
        INSTANT,
        ;
    }

    /** All features, one paged kind with blocks of 16 tokens, synchronous. */
    public static FakeModel ofContext(int vocabularySize, int contextTokens) {
        CacheSpec caches = new CacheSpec(List.of(new CacheKind.PagedKv(2, 32, 32)), 16, 1);
        return of(vocabularySize, contextTokens, caches, new Capabilities(EnumSet.allOf(Feature.class), 256, 4096, 1));
    }

    public static FakeModel of(int vocabularySize, int contextTokens, CacheSpec caches, Capabilities capabilities) {
        ModelShape shape = new ModelShape(
                vocabularySize, contextTokens, List.of(new PartShape(PartShape.Role.BASE, 8, caches)), "fake-1");
        return new FakeModel(shape, capabilities, Depth.EAGER, TokenScript.NONE, null, Set.of(), 1 << 20, 0);
    }

    public FakeModel withDepth(Depth value) {
        return new FakeModel(shape, capabilities, value, script, gate, failingSteps, residentBytes, draftErrorPercent);
    }

    public FakeModel withScript(TokenScript value) {
        return new FakeModel(shape, capabilities, depth, value, gate, failingSteps, residentBytes, draftErrorPercent);
    }

    public FakeModel withGate(StepGate value) {
        return new FakeModel(shape, capabilities, depth, script, value, failingSteps, residentBytes, draftErrorPercent);
    }

    public FakeModel withFailingSteps(Set<Integer> value) {
        return new FakeModel(
                shape, capabilities, depth, script, gate, Set.copyOf(value), residentBytes, draftErrorPercent);
    }

    public FakeModel withResidentBytes(long value) {
        return new FakeModel(shape, capabilities, depth, script, gate, failingSteps, value, draftErrorPercent);
    }

    public FakeModel withCapabilities(Capabilities value) {
        return new FakeModel(shape, value, depth, script, gate, failingSteps, residentBytes, draftErrorPercent);
    }

    public FakeModel withShape(ModelShape value) {
        return new FakeModel(value, capabilities, depth, script, gate, failingSteps, residentBytes, draftErrorPercent);
    }

    /** With a draft part that has the caches of the base. */
    public FakeModel withDraftPart(int errorPercent) {
        PartShape draft = new PartShape(
                PartShape.Role.DRAFT, shape.base().hiddenSize(), shape.base().caches());
        return withShape(withPart(shape.parts().size(), draft)).withDraftErrors(errorPercent);
    }

    private FakeModel withDraftErrors(int errorPercent) {
        return new FakeModel(shape, capabilities, depth, script, gate, failingSteps, residentBytes, errorPercent);
    }

    /** With an auxiliary part of these caches, behind the base. */
    public FakeModel withAuxiliaryPart(CacheSpec caches) {
        return withShape(
                withPart(1, new PartShape(PartShape.Role.AUXILIARY, shape.base().hiddenSize(), caches)));
    }

    private ModelShape withPart(int index, PartShape part) {
        List<PartShape> parts = new ArrayList<>(shape.parts());
        parts.add(index, part);
        return new ModelShape(shape.vocabularySize(), shape.contextTokens(), parts, shape.numericsId());
    }
}
