package org.slotwarden.portal.note;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A note that cannot be kept, with the reason for people. */
public class NoteRefused extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    private final String why;

    private NoteRefused(HttpStatus status, ProblemDetail problem, String why) {
        super(status, problem, null);
        this.why = why;
    }

    static NoteRefused text(String why) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "text " + why);
        problem.setProperty("parameter", "text");
        return new NoteRefused(HttpStatus.BAD_REQUEST, problem, "a note " + why);
    }

    static NoteRefused full(int most) {
        String why = "This job has " + most + " notes, more there may not be";
        return new NoteRefused(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, why), why);
    }

    public String why() {
        return why;
    }
}
