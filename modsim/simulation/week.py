"""The order of a week, written once. Read it aloud: it is the model."""

from modsim.compiling.acts import NonsenseError
from modsim.compiling.interrupts import not_broken_into
from modsim.simulation import drive as stage
from modsim.simulation.rulebook import gave_nonsense


def live_one_week(town, week):
    """One week in every area and lane of a town; Ctrl-C is heard when the week is over.

    A stage reads what earlier stages of this week left; inside a stage everybody acts on one snapshot.
    """
    with not_broken_into():
        try:
            _live(town, week)
        except NonsenseError as error:
            raise gave_nonsense(*error.args) from None


def _live(town, week):
    town.begin_week(week)
    stage.people_age_and_move(town, week)  # some grow out, others grow in; core groups lose and gain members
    stage.staff_come_and_go(town)  # a new worker must win trust again; some of what was known is lost
    stage.partners_answer_calls(town)  # first the incidents they saw; what is left is free for the programme
    stage.hours_arrive(town)  # in areas whose purse has opened
    town.records.follow_lists(town)  # those listed as an area opens are followed in every arm
    stage.programmes_are_planned(town)  # a round starts where its whole cost is in sight; the lead draws up a list
    stage.workers_visit(town)  # young people on the referral list are asked what they want, honestly answered or not
    stage.partners_meet(town)  # those who come design what is not given; few people make a poor meeting
    stage.young_people_are_asked(town)  # in waves; joining is voluntary
    stage.participants_are_heard(town)  # twice in a course: something else, or more of the same?
    stage.sessions_are_held(town)  # some come, some enjoy it, some leave for good
    stage.destinations_are_found(town)  # half a year after completing, some have work or training
    stage.police_stop(town)  # those they know more often; what is felt to be unfair leaves a mark
    stage.trust_moves(town)  # old experience fades, this week's is added and told to friends
    stage.inclination_moves(town)  # what changed fades; friends, this week's sessions and stops tell
    stage.incidents_happen(town)
    stage.services_see(town)  # some incidents are reported, and each service sees some of those
    stage.incidents_stir(town)  # one sets off others, in the same group and among rivals
    stage.residents_react(town)  # with fear, trust, and the belief that neighbours would step in
    stage.regard_moves(town)  # what professionals think of young people follows contacts and what they see
    stage.programmes_move_on(town)  # menus are chosen, courses begin and end
    stage.areas_learn(town)  # know-how travels, at a price
    stage.areas_decide(town)  # some programmes lapse; new areas take it up on what they hear
    town.records.write_down(town)
