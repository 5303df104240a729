package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder as data. {@code input} makes the hidden vector of a token, each sublayer in order adds to it, {@code output} turns it into logits.
 *
 * @param architecture what the plan was read from, for messages
 * @param contextTokens most positions a sequence may have
 * @param output its weight is the same reference as the table of {@code input} where they are tied
 */
public record ModelPlan(
        String architecture, int contextTokens, Embedding input, List<Sublayer> sublayers, Head output) {

    public ModelPlan {
        sublayers = List.copyOf(sublayers);
    }

    /** Without scales and soft-caps. */
    public ModelPlan(
            String architecture,
            int contextTokens,
            MatrixRef embedding,
            List<Sublayer> sublayers,
            Norm finalNorm,
            MatrixRef head) {
        this(architecture, contextTokens, Embedding.of(embedding), sublayers, Head.of(finalNorm, head));
    }

    /** [vocabulary, hidden]. */
    public MatrixRef embedding() {
        return input.table();
    }

    public @Nullable Norm finalNorm() {
        return output.norm();
    }

    /** [vocabulary, hidden]. */
    public MatrixRef head() {
        return output.weight();
    }

    /** Matrices of which single rows are read. */
    public SequencedSet<MatrixRef> tables() {
        SequencedSet<MatrixRef> tables = new LinkedHashSet<>();
        tables.add(embedding());
        MatrixRef positions = input.positions();
        if (positions != null) {
            tables.add(positions);
        }
        return tables;
    }

    /** Whether the matrix is multiplied with, not only read by rows. */
    public boolean isMultiplied(Matrix matrix) {
        return matrix.equals(head()) || !(matrix instanceof MatrixRef ref && tables().contains(ref));
    }

    public int vocabularySize() {
        return embedding().rows();
    }

    public int hiddenSize() {
        return embedding().columns();
    }

    public boolean tied() {
        return head().equals(embedding());
    }

    /** Every mixer, in order. */
    public List<Mixer> mixers() {
        return sublayers.stream()
                .flatMap(sublayer -> sublayer.mixers().stream())
                .toList();
    }

    /** Whether a token needs what later layers made of the tokens before it, so that tokens of a sequence cannot be computed together. */
    public boolean isSequential() {
        List<Attention> all = attentions();
        return IntStream.range(0, all.size())
                .anyMatch(index -> all.get(index).source().isAbove(index));
    }

    /** Attentions in order. Their K and V sources are indices into this list. */
    public List<Attention> attentions() {
        List<Attention> found = new ArrayList<>();
        for (Mixer mixer : mixers()) {
            switch (mixer) {
                case Attention attention -> found.add(attention);
                case Mlp mlp -> {}
                case Moe moe -> {}
                case Projection projection -> {}
                case Recurrent recurrent -> {}
                case SharedExpert expert -> {}
            }
        }
        return found;
    }

    /** Mixers that carry a state, in order. */
    public List<Recurrent> recurrents() {
        List<Recurrent> found = new ArrayList<>();
        for (Mixer mixer : mixers()) {
            if (mixer instanceof Recurrent recurrent) {
                found.add(recurrent);
            }
        }
        return found;
    }

    /** Everything of tensors that is a matrix or becomes a part of one, in order of first use. */
    public SequencedSet<MatrixRef> matrices() {
        SequencedSet<MatrixRef> refs = new LinkedHashSet<>(tables());
        linears().forEach(linear -> refs.addAll(linear.matrices()));
        refs.add(head());
        return refs;
    }

    /** Every distinct matrix that is held, in order of first use. */
    public SequencedSet<Matrix> packed() {
        SequencedSet<Matrix> all = new LinkedHashSet<>(tables());
        linears().forEach(linear -> all.addAll(linear.packed()));
        all.add(head());
        return all;
    }

    /** Every distinct sparse factor that is kept as one, in order of first use. */
    public SequencedSet<SparseProduct> sparse() {
        SequencedSet<SparseProduct> all = new LinkedHashSet<>();
        for (Linear linear : linears()) {
            if (linear.weight() instanceof SparseProduct product) {
                all.add(product);
            }
        }
        return all;
    }

    /** Every distinct list of places, in order of first use. */
    public SequencedSet<PlaceRef> places() {
        SequencedSet<PlaceRef> all = new LinkedHashSet<>();
        for (Linear linear : linears()) {
            switch (linear.weight()) {
                case SparseProduct product -> all.add(product.places());
                case ExpandedProduct(SparseProduct product) -> all.add(product.places());
                case MatrixRef _, LowRank _, JoinedRows _, JoinedColumns _, StackedRows _ -> {}
            }
        }
        return all;
    }

    private List<Linear> linears() {
        return mixers().stream().flatMap(mixer -> mixer.linears().stream()).toList();
    }

    /** Every distinct vector, in order of first use. */
    public SequencedSet<VectorRef> vectors() {
        SequencedSet<VectorRef> refs = new LinkedHashSet<>();
        for (Sublayer sublayer : sublayers) {
            sublayer.norms().forEach(norm -> refs.addAll(norm.vectors()));
            sublayer.mixers().forEach(mixer -> addVectors(mixer, refs));
        }
        Norm last = output.norm();
        if (last != null) {
            refs.addAll(last.vectors());
        }
        VectorRef bias = output.bias();
        if (bias != null) {
            refs.add(bias);
        }
        return refs;
    }

    private static void addVectors(Mixer mixer, Set<VectorRef> refs) {
        mixer.norms().forEach(norm -> refs.addAll(norm.vectors()));
        for (Linear linear : mixer.linears()) {
            VectorRef bias = linear.bias();
            if (bias != null) {
                refs.add(bias);
            }
        }
        refs.addAll(mixer.vectors());
    }

    /** The same model with other sublayers. */
    public ModelPlan withSublayers(List<Sublayer> other) {
        return new ModelPlan(architecture, contextTokens, input, other, output);
    }
}
