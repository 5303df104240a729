package dev.foretoken.bench.prediction;

import dev.foretoken.registry.measure.Question;

/**
 * What an answer begins with before it answers. The demo model ends its answer behind any sentence, as all its texts do; it goes on where
 * a question follows, so each form ends with the question and {@code Answer:}.
 */
enum Preamble {
    NONE {
        @Override
        String before(Question question) {
            return "";
        }
    },
    /** One sentence: the question said again. */
    QUESTION {
        @Override
        String before(Question question) {
            return ASKED + asked(question) + ANSWER;
        }
    },
    /** The first sentence of the passage, then the question said again. */
    FACT {
        @Override
        String before(Question question) {
            String passage = question.prompt();
            return " " + passage.substring(0, passage.indexOf('.') + 1) + QUESTION.before(question);
        }
    },
    ;

    private static final String ASKED = "\nQuestion: ";
    private static final String ANSWER = "\nAnswer:";

    /** The text that the answer to a question begins with. */
    abstract String before(Question question);

    private static String asked(Question question) {
        String prompt = question.prompt();
        int at = prompt.lastIndexOf(ASKED);
        if (at < 0 || !prompt.endsWith(ANSWER)) {
            throw new IllegalArgumentException(
                    "a prompt that does not end with 'Question: ...', a line break and 'Answer:'; use --preamble none");
        }
        return prompt.substring(at + ASKED.length(), prompt.length() - ANSWER.length());
    }
}
