package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's format specification: {@code [[fill]align][sign][0][width][,][.precision][type]}. */
record FormatSpec(char fill, char align, char sign, int width, boolean commas, int precision, char type) {
    private static final Pattern FORM =
            Pattern.compile("(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>\\d{0,4})"
                    + "(?<commas>,)?(?:\\.(?<precision>\\d{1,3}))?(?<type>[a-zA-Z%])?");
    private static final char NONE = 0;

    static FormatSpec parse(String spec) {
        Matcher form = FORM.matcher(spec);
        if (!form.matches()) {
            throw new TemplateError("the format specification '" + spec + "' is not understood");
        }
        boolean zero = form.group("zero") != null;
        return new FormatSpec(
                first(form.group("fill"), zero ? '0' : ' '),
                first(form.group("align"), zero ? '=' : NONE),
                first(form.group("sign"), '-'),
                form.group("width").isEmpty() ? 0 : Integer.parseInt(form.group("width")),
                form.group("commas") != null,
                form.group("precision") == null ? -1 : Integer.parseInt(form.group("precision")),
                first(form.group("type"), NONE));
    }

    private static char first(@Nullable String text, char fallback) {
        return text == null ? fallback : text.charAt(0);
    }

    String apply(Value value, Rendering rendering) {
        boolean number = Numbers.isNumber(value) && !(value instanceof Bool && type == NONE) && type != 's';
        String text = number ? number(value) : text(value, rendering);
        char side = align != NONE ? align : number ? '>' : '<';
        return switch (side) {
            case '<' -> Padding.right(text, width, fill, rendering.budget()).value();
            case '^' -> Padding.middle(text, width, fill, rendering.budget()).value();
            case '=' -> afterSign(text, rendering);
            default -> Padding.left(text, width, fill, rendering.budget()).value();
        };
    }

    private String text(Value value, Rendering rendering) {
        if (type != NONE && type != 's') {
            throw new TemplateError("the format '" + type + "' needs a number, found '" + rendering.str(value) + "'");
        }
        String text = rendering.str(value);
        return precision < 0 ? text : text.substring(0, Math.min(precision, text.length()));
    }

    private String number(Value value) {
        String text = type != NONE
                ? NumberText.of(value, type, precision)
                : value instanceof Flt(double real)
                        ? precision < 0 ? Numbers.text(real) : NumberText.of(value, 'g', precision)
                        : NumberText.of(value, 'd', -1);
        String grouped = commas ? grouped(text) : text;
        return sign != '-' && !grouped.startsWith("-") ? sign + grouped : grouped;
    }

    private static String grouped(String number) {
        int point = number.indexOf('.') < 0 ? number.length() : number.indexOf('.');
        return number.substring(0, point).replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + number.substring(point);
    }

    private String afterSign(String text, Rendering rendering) {
        String lead = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? text.substring(0, 1) : "";
        return lead
                + Padding.left(text.substring(lead.length()), width - lead.length(), fill, rendering.budget())
                        .value();
    }
}
