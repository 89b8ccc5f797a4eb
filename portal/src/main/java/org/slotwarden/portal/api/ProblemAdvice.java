package org.slotwarden.portal.api;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.database.DatabaseAway;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Turns what goes wrong in a REST controller into problem details (RFC 9457). They name the parameter
 * and say why, and never carry the text of an exception that was not written for people.
 */
@RestControllerAdvice(annotations = RestController.class)
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    private final DatabaseTroubles troubles;

    ProblemAdvice(DatabaseTroubles troubles) {
        this.troubles = troubles;
    }

    /** One member of {@code errors}. */
    record Fault(String parameter, String why) {}

    /** For the security filters, which know how to answer. */
    @ExceptionHandler({AccessDeniedException.class, AuthenticationException.class})
    void leaveToSecurity(RuntimeException e) {
        throw e;
    }

    /** Two requests made the same thing at the same time, and the database let only one of them. */
    @ExceptionHandler
    ProblemDetail conflict(DataIntegrityViolationException e) {
        log.info(
                "A request contradicts what is stored: {}",
                e.getMostSpecificCause().getMessage());
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "This contradicts what is stored already");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unforeseen(Exception e) {
        return DatabaseAway.why(e)
                .map(why -> troubles.answer(why, e))
                .orElseGet(() -> ResponseEntity.internalServerError().body(unforeseen(e, "A request failed")));
    }

    /** A 500 with an id that stands in the log too, beside all that is known. */
    static ProblemDetail unforeseen(@Nullable Throwable e, String what) {
        String id = UUID.randomUUID().toString();
        log.error("{}, id {}", what, id, e);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "The portal failed; its log says more under this id");
        problem.setProperty("id", id);
        return problem;
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Fault> faults = e.getBindingResult().getFieldErrors().stream()
                .map(error -> new Fault(snakeCase(error.getField()), why(error)))
                .toList();
        return faults(e, faults, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Fault> faults = e.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> new Fault(
                                String.valueOf(result.getMethodParameter().getParameterName()),
                                String.valueOf(error.getDefaultMessage()))))
                .toList();
        return faults(e, faults, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String parameter = e instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : Objects.requireNonNullElse(e.getPropertyName(), "A parameter");
        return handleExceptionInternal(
                e, BadParameterException.problem(parameter, "cannot be read"), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Throwable cause = e.getMostSpecificCause();
        if (cause instanceof StreamConstraintsException) {
            return handleExceptionInternal(
                    e,
                    ProblemDetail.forStatusAndDetail(HttpStatus.CONTENT_TOO_LARGE, "The body is too large or too deep"),
                    headers,
                    HttpStatus.CONTENT_TOO_LARGE,
                    request);
        }
        String field = cause instanceof JacksonException json ? field(json) : "";
        ProblemDetail problem = field.isEmpty()
                ? ProblemDetail.forStatusAndDetail(status, "The body is not what is expected here")
                : BadParameterException.problem(field, "is not known here or has a value of another kind");
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    private @Nullable ResponseEntity<Object> faults(
            Exception e, List<Fault> faults, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = faults.isEmpty()
                ? ProblemDetail.forStatus(status)
                : BadParameterException.problem(
                        faults.getFirst().parameter(), faults.getFirst().why());
        problem.setProperty("errors", faults);
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    /** The name of a field in JSON. */
    private static String snakeCase(String field) {
        return field.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private static String why(FieldError error) {
        return Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid");
    }

    private static String field(JacksonException e) {
        return e.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(Objects::nonNull)
                .reduce("", (path, name) -> path.isEmpty() ? name : path + "." + name);
    }
}
