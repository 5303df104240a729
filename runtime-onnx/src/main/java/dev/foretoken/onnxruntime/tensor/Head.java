package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.onnxruntime.artifact.Pooling;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** An output that is made of another one of the graph; small, so that it is what travels. */
sealed interface Head {

    String EMBEDDING = "sentence_embedding";
    String SCORE = "score";
    String LOGITS = "logits";

    /** Its name; empty where there is none. */
    String output();

    /** The graph's output that it is made of. */
    String source();

    /** As callers see it; not asked where there is none. */
    TensorSpec spec();

    Tensor derive(Tensor source, Map<String, Tensor> given);

    /** Nothing is made. */
    record None() implements Head {
        @Override
        public String output() {
            return "";
        }

        @Override
        public String source() {
            return "";
        }

        @Override
        public TensorSpec spec() {
            throw new IllegalStateException("nothing is made of the outputs");
        }

        @Override
        public Tensor derive(Tensor source, Map<String, Tensor> given) {
            throw new IllegalStateException("nothing is made of the outputs");
        }
    }

    /** A vector of a text: its tokens' {@code [batch, tokens, width]} made one, or the graph's own {@code [batch, width]}. */
    record Embedding(String source, Pooling pooling, boolean normalize, long width) implements Head {
        @Override
        public String output() {
            return EMBEDDING;
        }

        @Override
        public TensorSpec spec() {
            return new TensorSpec(EMBEDDING, ElementType.FP32, List.of(-1L, width));
        }

        @Override
        public Tensor derive(Tensor source, Map<String, Tensor> given) {
            return TokenPooling.pool(EMBEDDING, source, given.get("attention_mask"), pooling, normalize);
        }
    }

    /** How well a text answers: the sigmoid of one logit, or the probability of the last of two classes. */
    record Score(String source) implements Head {
        @Override
        public String output() {
            return SCORE;
        }

        @Override
        public TensorSpec spec() {
            return new TensorSpec(SCORE, ElementType.FP32, List.of(-1L));
        }

        @Override
        public Tensor derive(Tensor source, Map<String, Tensor> given) {
            FloatValues logits = FloatValues.of(source);
            int rows = Math.toIntExact(source.shape().getFirst());
            int columns = rows == 0 ? 1 : Math.toIntExact(logits.count() / rows);
            float[] scores = new float[rows];
            for (int row = 0; row < rows; row++) {
                long last = (long) row * columns + columns - 1;
                double margin = columns == 1 ? logits.at(last) : logits.at(last) - logits.at(last - 1);
                scores[row] = (float) (1 / (1 + Math.exp(-margin)));
            }
            return new Tensor(SCORE, ElementType.FP32, List.of((long) rows), MemorySegment.ofArray(scores));
        }
    }

    /** Scores of classes as fp32, whatever the graph computes in. */
    record Logits(String source, long classes) implements Head {
        @Override
        public String output() {
            return LOGITS;
        }

        @Override
        public TensorSpec spec() {
            return new TensorSpec(LOGITS, ElementType.FP32, List.of(-1L, classes));
        }

        @Override
        public Tensor derive(Tensor source, Map<String, Tensor> given) {
            FloatValues values = FloatValues.of(source);
            float[] logits = new float[Math.toIntExact(values.count())];
            values.addTo(logits, 0);
            return new Tensor(LOGITS, ElementType.FP32, source.shape(), MemorySegment.ofArray(logits));
        }
    }
}
