package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Python's string methods that look for something: find, count, split, partition. */
final class TextSearch {
    static final Map<String, Method<Str>> METHODS = Map.of(
            "find", (s, args, r) -> Int.of(find(s, args, false)),
            "rfind", (s, args, r) -> Int.of(find(s, args, true)),
            "index", (s, args, r) -> index(s, args, false),
            "rindex", (s, args, r) -> index(s, args, true),
            "count", (s, args, r) -> count(s, args),
            "split", (s, args, r) -> split(s, args, false),
            "rsplit", (s, args, r) -> split(s, args, true),
            "splitlines", (s, args, r) -> lines(s.value(), args.flag(0, "keepends")),
            "partition", (s, args, r) -> partition(s.value(), args.text(0, "sep"), false),
            "rpartition", (s, args, r) -> partition(s.value(), args.text(0, "sep"), true));

    private static final String LINE_ENDS = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

    private TextSearch() {}

    private static int find(Str self, Arguments arguments, boolean last) {
        String text = self.value();
        int length = CodePoints.length(text);
        int from = clamp(arguments.integer(1, "start", 0), length);
        int to = clamp(arguments.integer(2, "end", length), length);
        if (from > to) {
            return -1;
        }
        int start = CodePoints.offset(text, from);
        String part = text.substring(start, CodePoints.offset(text, to));
        String wanted = arguments.text(0, "sub");
        int found = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
        return found < 0 ? -1 : text.codePointCount(0, start + found);
    }

    private static int clamp(int index, int length) {
        return Math.clamp(index < 0 ? (long) index + length : index, 0, length);
    }

    private static Value index(Str self, Arguments arguments, boolean last) {
        int found = find(self, arguments, last);
        if (found < 0) {
            throw new TemplateError("the text looked for by 'index' is not there");
        }
        return Int.of(found);
    }

    private static Value count(Str self, Arguments arguments) {
        String wanted = arguments.text(0, "sub");
        if (wanted.isEmpty()) {
            return Int.of(CodePoints.length(self.value()) + 1L);
        }
        int count = 0;
        for (int at = self.value().indexOf(wanted); at >= 0; at = self.value().indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return Int.of(count);
    }

    private static Value split(Str self, Arguments arguments, boolean fromEnd) {
        int limit = arguments.integer(1, "maxsplit", -1);
        int splits = limit < 0 ? Integer.MAX_VALUE : limit;
        if (arguments.get(0, "sep", None.NONE) == None.NONE) {
            return fromEnd ? wordsFromEnd(self.value(), splits) : words(self.value(), splits);
        }
        String separator = arguments.text(0, "sep");
        if (separator.isEmpty()) {
            throw new TemplateError("'split' has an empty separator");
        }
        return fromEnd ? splitFromEnd(self.value(), separator, splits) : split(self.value(), separator, splits);
    }

    private static Value split(String text, String separator, int splits) {
        List<Value> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() < splits; at = text.indexOf(separator, from)) {
            parts.add(new Str(text.substring(from, at)));
            from = at + separator.length();
        }
        parts.add(new Str(text.substring(from)));
        return Seq.list(parts);
    }

    private static Value splitFromEnd(String text, String separator, int splits) {
        List<Value> parts = new ArrayList<>();
        int to = text.length();
        int length = separator.length();
        for (int at = text.lastIndexOf(separator);
                at >= 0 && parts.size() < splits;
                at = to < length ? -1 : text.lastIndexOf(separator, to - length)) {
            parts.add(new Str(text.substring(at + length, to)));
            to = at;
        }
        parts.add(new Str(text.substring(0, to)));
        Collections.reverse(parts);
        return Seq.list(parts);
    }

    private static Value words(String text, int splits) {
        List<Value> parts = new ArrayList<>();
        String rest = CodePoints.stripStart(text);
        while (!rest.isEmpty() && parts.size() < splits) {
            int end = 0;
            while (end < rest.length() && !CodePoints.isSpace(rest.charAt(end))) {
                end++;
            }
            parts.add(new Str(rest.substring(0, end)));
            rest = CodePoints.stripStart(rest.substring(end));
        }
        if (!rest.isEmpty()) {
            parts.add(new Str(rest));
        }
        return Seq.list(parts);
    }

    private static Value wordsFromEnd(String text, int splits) {
        List<Value> parts = new ArrayList<>();
        String rest = CodePoints.stripEnd(text);
        while (!rest.isEmpty() && parts.size() < splits) {
            int start = rest.length();
            while (start > 0 && !CodePoints.isSpace(rest.charAt(start - 1))) {
                start--;
            }
            parts.add(new Str(rest.substring(start)));
            rest = CodePoints.stripEnd(rest.substring(0, start));
        }
        if (!rest.isEmpty()) {
            parts.add(new Str(rest));
        }
        Collections.reverse(parts);
        return Seq.list(parts);
    }

    private static Value lines(String text, boolean keepEnds) {
        List<Value> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (LINE_ENDS.indexOf(text.charAt(i)) < 0) {
                continue;
            }
            int end = i;
            if (text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                i++;
            }
            lines.add(new Str(text.substring(from, keepEnds ? i + 1 : end)));
            from = i + 1;
        }
        if (from < text.length()) {
            lines.add(new Str(text.substring(from)));
        }
        return Seq.list(lines);
    }

    private static Value partition(String text, String separator, boolean last) {
        if (separator.isEmpty()) {
            throw new TemplateError("'partition' has an empty separator");
        }
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            Str whole = new Str(text);
            return last ? Seq.tuple(Str.EMPTY, Str.EMPTY, whole) : Seq.tuple(whole, Str.EMPTY, Str.EMPTY);
        }
        return Seq.tuple(
                new Str(text.substring(0, at)), new Str(separator), new Str(text.substring(at + separator.length())));
    }
}
