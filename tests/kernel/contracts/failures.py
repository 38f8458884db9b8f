"""What every adapter promises while something fails."""

from tests.kernel.contracts.answers import AnswersContract
from tests.kernel.contracts.carrying import CarryingContract
from tests.kernel.contracts.deadlines import DeadlinesContract
from tests.kernel.contracts.processes import ProcessesContract


class FailuresContract(CarryingContract, DeadlinesContract, ProcessesContract, AnswersContract):
    """What every adapter promises while something fails. A test class of the adapter brings these fixtures:

        process                                  the process under test: a container on your adapter
        carry                                    has waiting events carried to the bus
        held                                     a context in which the store does not answer
        begin                                    begins another process on the same store
        losing_the_answer, losing_the_request    contexts in which no answer comes to a write
        gone                                     a context in which the store cannot be reached

    Each is described where a part of the contract declares it. An adapter to which a part cannot apply inherits the
    others instead: in memory nothing outlives the process, and there is no way on which an answer could be lost.
    """
