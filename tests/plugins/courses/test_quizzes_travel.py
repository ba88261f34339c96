# SPDX-License-Identifier: MIT
"""Quizzes and assignments go out with a course and come back; those of other systems come in, and what of them does not is told."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from building import LESSON
from cartridges import brought, parts, send_package, strictly_read, zipped
from classroom import BREAD, course_id
from people import sign_in
from quizzes_of_others import BLANK, FEEDBACK, QTI, RYE, assessment, choices, item, right, words
from quizzing import assignment, quiz
from sqlalchemy import select
from upart_courses.actions.writing import addresses
from upart_courses.models import Course, CourseState, Lesson
from upart_courses.models.assessed import Assignment, Question, Quiz
from upart_courses.packages import reading
from upart_courses.packages.finishing import About
from upart_courses.packages.tree import Unreadable
from upart_courses.questions import QuestionKind

ABOUT = About(addresses, lambda url: False, "en")
ASSIGNMENT = """<assignment xmlns="http://www.imsglobal.org/xsd/imscc_extensions/assignment" identifier="a"><title>Bake</title>
<text texttype="text/html">&lt;p&gt;Bake &lt;b&gt;one&lt;/b&gt;.&lt;/p&gt;</text><instructor_text>Be kind.</instructor_text>
<gradable points_possible="25.0">{gradable}</gradable><submission_formats><format type="{format}"/></submission_formats></assignment>"""


def read(text: str, type: str = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"):
    """A cartridge whose quiz says this."""
    data = zipped({**parts(), "imsmanifest.xml": str(parts()["imsmanifest.xml"]).replace("imsqti_xmlv1p2/imscc_xmlv1p1/assessment", type), "quiz.xml": text})
    return reading.read(io.BytesIO(data), ABOUT)


def quiz_of(text: str):
    """The block of the quiz, and what was told of it."""
    tree = read(text)
    (piece,) = [piece for page in tree.pages for piece in page.pieces if piece.kind == "quiz"]
    return piece, {note.what for note in tree.notes if note.where.startswith("A quiz")}


def tasks(portal, course) -> list:
    """What the tasks of a course say."""
    with portal.reading("athena") as session:
        inside = select(Lesson.id).where(Lesson.course_id == course)
        quizzes = session.scalars(select(Quiz).where(Quiz.lesson_id.in_(inside))).all()
        rules = [(one.attempts, one.minutes, one.pool, one.pass_percent, one.reveal) for one in quizzes]
        rows = session.scalars(select(Question).where(Question.quiz_id.in_([one.id for one in quizzes])).order_by(Question.position))
        questions = [(one.kind, one.prompt, one.points, one.lines, one.right, one.explanation) for one in rows]
        work = [(one.points, one.pass_points, one.files) for one in session.scalars(select(Assignment).where(Assignment.lesson_id.in_(inside)))]
        lesson = session.scalars(select(Lesson).where(Lesson.course_id == course, Lesson.slug == LESSON)).one()
        blocks = [{name: value for name, value in block.items() if name != "id"} for block in lesson.blocks if block["kind"] in ("quiz", "assignment")]
        return [rules, questions, work, blocks]


@pytest.fixture
def sent(portal):
    """Theo's course with a quiz and an assignment, as a cartridge."""
    theo = sign_in(portal, "theo")
    assignment(theo, portal, required=True, points="25", pass_points="20", files="3")
    quiz(theo, portal, attempts="3", minutes="20", pool="4", pass_percent="75", reveal="marks")
    return theo.get(f"/manage/courses/{course_id(portal, BREAD)}/cartridge").data


def test_a_quiz_and_an_assignment_go_out_and_come_back(portal, sent):
    theo, before = sign_in(portal, "theo"), tasks(portal, course_id(portal, BREAD))
    strictly_read(sent)
    brought(portal, theo, sent)
    with portal.reading("athena") as session:
        again = session.scalars(select(Course.id).where(Course.state == CourseState.DRAFT).order_by(Course.created_at.desc())).first()
    after = tasks(portal, again)
    assert (after[0], after[2], after[3]) == (before[0], before[2], before[3])
    assert before[0] == [(3, 20, 4, 75, "marks")]
    assert after[1][:3] == before[1][:3]
    by_hand = [(kind, lines, re.sub(r"\s+", " ", prompt), explanation) for kind, prompt, _points, lines, _right, explanation in after[1][3:]]
    assert by_hand == [
        (QuestionKind.TEXT, [], "At how many degrees is it happy?", "About: At how many degrees is it happy?\n\n26 ± 2"),
        (QuestionKind.TEXT, [], "In which order? - bake - eat - feed - wait", "About: In which order?\n\n1. feed\n2. wait\n3. bake\n4. eat"),
    ]


def test_pages_for_learners_do_not_tell_what_is_right(sent):
    with zipfile.ZipFile(io.BytesIO(sent)) as packed:
        pages = "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".html"))
        quizzes = [name for name in packed.namelist() if b"questestinterop" in packed.read(name)]
    assert "Know your starter" in pages
    assert not any(word in pages for word in ("Sauerteig", "lactic", "varequal", "About: "))
    assert len(quizzes) == 1


def test_theo_sees_what_a_quiz_of_another_system_loses_and_lets_it_come_in(portal):
    theo = sign_in(portal, "theo")
    data = zipped({**parts(), "quiz.xml": assessment(RYE, item("essay", "Why?", BLANK), cc_maxattempts="2", qmd_timelimit="15")})
    report = theo.get(send_package(theo, data).headers["Location"]).text
    for said in ("1 quiz", "What was said about single answers is left out.", "Bring in 6 lessons"):
        assert said in report
    brought(portal, theo, data)
    with portal.reading("athena") as session:
        row = session.scalars(select(Quiz).order_by(Quiz.id.desc())).first()
        rye, why = session.scalars(select(Question).where(Question.quiz_id == row.id).order_by(Question.position))
        assert (row.attempts, row.minutes) == (2, 15)
        assert (rye.kind, rye.prompt, rye.points, rye.lines, rye.right, rye.explanation) == (
            "single",
            "What is *rye*?",
            3,
            ["A grain", "A * stone"],
            [0],
            "It grows.",
        )
        assert (why.kind, why.prompt, why.lines) == ("text", "Why?", [])


TRUE = item("true_false", "Rye is a grain.", choices(["True", "False"]), right("0"))
BOTH = '<respcondition><conditionvar><and><varequal respident="R">0</varequal><varequal respident="R">2</varequal><not><varequal respident="R">1</varequal></not></and></conditionvar><setvar varname="SCORE">100</setvar></respcondition>'
READ = {  # a question, and what it becomes: kind, lines, right, points
    "true or false": (TRUE, ("single", ["True", "False"], [0], 1)),
    "several": (item("multiple_response", "Which?", choices(["a", "b", "c"], "Multiple"), BOTH, cc_weighting="2.0"), ("multiple", ["a", "b", "c"], [0, 2], 2)),
    "several, each for itself": (item("multiple_response", "?", choices(["a", "b"], "Multiple"), right("0", score="50") + right("1", score="50")), ("multiple", ["a", "b"], [0, 1], 1)),
    "words": (item("fib", "Who?", BLANK, right("Ada") + right(" Ada  L. ")), ("text", ["Ada", "Ada L."], [], 1)),
    "an essay": (item("essay", "Why?", BLANK), ("text", [], [], 1)),
    "no right answer": (item("multiple_choice", "Which?", choices(["a", "b"])), ("text", [], [], 1)),
    "two right answers of one": (item("multiple_choice", "Which?", choices(["a", "b"]), right("0", "1")), ("text", [], [], 1)),
    "an answer that is not offered": (item("multiple_choice", "Which?", choices(["a", "b"]), right("7")), ("text", [], [], 1)),
    "choices that say the same": (item("multiple_choice", "Which?", choices(["a", "a"]), right("0")), ("text", [], [], 1)),
    "choices without words": (item("multiple_choice", "Which?", choices(["a", ""]), right("0")), ("text", [], [], 1)),
    "points that are no number": (item("essay", "Why?", BLANK, cc_weighting="nan"), ("text", [], [], 1)),
    "points without end": (item("essay", "Why?", BLANK, cc_weighting="1e999"), ("text", [], [], 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_question_of_others_is_read_as_it_is_meant_or_graded_by_hand(name):
    text, wanted = READ[name]
    piece, _told = quiz_of(assessment(text))
    (one,) = piece.questions
    assert (one["kind"], one["lines"], one["right"], one["points"]) == wanted


TOLD = {  # a question, and what is told of it
    "no right answer": (READ["no right answer"][0], "It cannot be graded here as it stands, so a teacher grades it."),
    "no accepted words": (item("fib", "Who?", BLANK), "It says of no answer that it is right, so a teacher grades it."),
    "words in an answer": (item("pattern_match", "Who?", BLANK, right("Ada").replace("varequal", "varsubstring")), "An answer had to contain these words; here it has to be these words."),
    "a picture": (item("essay", "See &lt;img src=\"$IMS-CC-FILEBASE$/loaf.png\"/&gt;", BLANK), "A picture or a file in a question is left out."),
    "a part of the points": (item("multiple_choice", "?", choices(["a", "b"]), right("0") + right("1", score="50")), "Some answers gave a part of the points; that is left out."),
    "half a point": (item("essay", "Why?", BLANK, cc_weighting="1.5"), "It was worth 1.5, and here it is 2."),
    "no words": (item("essay", "", BLANK), "A question without words is left out."),
    "two blanks": (item("fib", "?", BLANK * 2), "A question of a kind that is not known here is left out."),
    "an order": (item("x", "?", choices(["a", "b"], "Ordered")), "A question of a kind that is not known here is left out."),
    "words for a choice": (item("essay", "?", BLANK, more=FEEDBACK % ("correct_fb", "Yes")), "What was said about single answers is left out."),
    "a film": (item("essay", "?", "<material><matvideo uri='x'/></material>" + BLANK), "A picture or a file in a question is left out."),
    "a program": (item("essay", "? &lt;script&gt;alert(1)&lt;/script&gt;", BLANK), "Left out: a program (script)."),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_of_a_question_does_not_come_in_is_told(name):
    text, what = TOLD[name]
    piece, told = quiz_of(assessment(TRUE, text))
    assert what in told
    assert not any("script" in one["prompt"] or "<" in one["prompt"] for one in piece.questions)


def test_ten_thousand_questions_are_cut_and_more_than_a_package_may_bring_refused():
    small = "<item><presentation><material><mattext>Question %s?</mattext></material>%s</presentation></item>"
    piece, told = quiz_of(assessment(*(small % (n * n * 7919, BLANK) for n in range(10_000))))
    assert len(piece.questions) == 500
    assert "This quiz has 10000 questions; the first 500 came in." in told
    many = "".join(f'<resource identifier="Q{n}" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="q{n}.xml"/></resource>' for n in range(11))
    manifest = str(parts()["imsmanifest.xml"]).replace("</resources>", f"{many}</resources>")
    data = zipped(
        {
            **parts(),
            "imsmanifest.xml": manifest,
            **{f"q{n}.xml": assessment(*(item("essay", f"Question {n}{k * 7919}?", BLANK) for k in range(500))) for n in range(11)},
        }
    )
    with pytest.raises(Unreadable, match="more than 5000 questions"):
        reading.read(io.BytesIO(data), ABOUT)


def test_a_quiz_that_asks_nothing_and_entities_do_not_come_in():
    for text in ("<questestinterop/>", assessment(), assessment(item("fib", "", BLANK)), QTI % "<assessment/>"):
        tree = read(text)
        assert "quiz" not in {piece.kind for page in tree.pages for piece in page.pieces}
        assert "There is no question in this quiz that can come in." in {note.what for note in tree.notes}
    with pytest.raises(Unreadable, match="document type"):
        read(f'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>{assessment(item("essay", "&x;", BLANK))}')


def test_a_bank_of_questions_becomes_a_quiz():
    bank = QTI % f'<objectbank ident="b">{TRUE}{RYE}</objectbank>'
    tree = read(bank, "imsqti_xmlv1p2/imscc_xmlv1p1/question-bank")
    (piece,) = [piece for page in tree.pages for piece in page.pieces if piece.kind == "quiz"]
    assert len(piece.questions) == 2
    assert "A bank of questions became a quiz." in {note.what for note in tree.notes}


@pytest.mark.parametrize(("gradable", "format", "wanted"), [("true", "file", {"points": 25, "pass_points": 15, "files": 1}), ("true", "html", {"points": 25, "pass_points": 15, "files": 0}), ("false", "file", None)])  # fmt: skip
def test_an_assignment_of_another_system_comes_in(gradable, format, wanted):
    tree = read(ASSIGNMENT.format(gradable=gradable, format=format), "assignment_xmlv1p0")
    page = next(page for page in tree.pages if page.title == "A quiz")
    assert page.exercise
    assert page.pieces[0].values["text"] == "Bake **one**."
    assert page.pieces[0].kind == ("assignment" if wanted else "markdown")
    assert page.pieces[0].rules == (wanted or {})
    assert "Words for teachers alone are left out." in {note.what for note in tree.notes}


def test_a_file_of_a_task_fills_one_block_and_no_second_one():
    section = '<section data-kind="quiz" data-from="../quiz.xml" data-title="Mine" data-pool="9999" data-pass="x" data-reveal="all"><p><strong>Mine</strong></p></section>'
    data = zipped({**parts(), "quiz.xml": assessment(RYE), "wiki_content/why-rye.html": f"<body>{section * 3}{section.replace('quiz.xml', 'gone.xml')}</body>"})
    tree = reading.read(io.BytesIO(data), ABOUT)
    (piece,) = [piece for page in tree.pages for piece in page.pieces if piece.kind == "quiz"]
    assert piece.rules == {"attempts": 0, "minutes": 0, "pool": 0, "pass_percent": 60}
    assert "A quiz" not in [page.title for page in tree.pages]
    assert sum(note.what == "Its file is not in the package." for note in tree.notes) == 3


def test_words_before_and_behind_a_blank_are_all_asked():
    piece, _told = quiz_of(assessment(item("fib", "Rye is a", f"{BLANK}{words('that grows.')}", right("grain"))))
    assert piece.questions[0]["prompt"] == "Rye is a\n\nthat grows."
