"""Names of months and weekdays in many languages, and dates read with them.

The names are the standalone and (where they differ) genitive forms of Unicode CLDR, folded by
:func:`cleaner.words.fold` when the tables are built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from cleaner.words import fold

_MONTHS: Mapping[str, str] = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "pl2": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "cs": "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    "cs2": "ledna února března dubna května června července srpna září října listopadu prosince",
    "sk": "január február marec apríl máj jún júl august september október november december",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "ru": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ru2": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    "uk2": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "el": "ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος "
    "νοέμβριος δεκέμβριος",
    "el2": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου "
    "νοεμβρίου δεκεμβρίου",
    "fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "fi2": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "ko": "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
    "ja": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
    "zh": "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
# Short forms that are not simply the first three letters.
_SHORT: Mapping[str, int] = {
    "janv": 1, "févr": 2, "fevr": 2, "avr": 4, "juil": 7, "juill": 7, "sept": 9, "mrz": 3, "mrt": 3, "maa": 3,
    "jän": 1, "jänner": 1, "setiembre": 9, "sty": 1, "янв": 1, "фев": 2, "сен": 9, "сент": 9, "нояб": 11,
    "úno": 2, "bře": 3, "dub": 4, "kvě": 5, "čvn": 6, "čvc": 7, "srp": 8, "zář": 9, "říj": 10,
}  # fmt: skip
# The first three letters are no short form here (or mean another month elsewhere: fi "mar", cs "čer").
_UNSHORTENED = frozenset({"fi", "fi2", "ko", "ja", "zh", "ar", "pl2", "cs", "cs2"})

# Monday first.
_WEEKDAYS: Mapping[str, str] = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "ca": "dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "cs": "pondělí úterý středa čtvrtek pátek sobota neděle",
    "sk": "pondelok utorok streda štvrtok piatok sobota nedeľa",
    "hu": "hétfő kedd szerda csütörtök péntek szombat vasárnap",
    "ro": "luni marți miercuri joi vineri sâmbătă duminică",
    "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "id": "senin selasa rabu kamis jumat sabtu minggu",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "uk": "понеділок вівторок середа четвер п'ятниця субота неділя",
    "bg": "понеделник вторник сряда четвъртък петък събота неделя",
    "el": "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή",
    "fi": "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "ja": "月 火 水 木 金 土 日",
    "ja2": "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
    "zh": "一 二 三 四 五 六 日",
    "zh2": "周一 周二 周三 周四 周五 周六 周日",
    "ko": "월 화 수 목 금 토 일",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    # Short forms that are not the first letters of the names.
    "ru2": "пн вт ср чт пт сб вс",
    "uk2": "пн вт ср чт пт сб нд",
    "pl2": "pn wt śr cz pt so nd",
    "pl3": "pon wt śr czw pt sob nie",
    "pt2": "seg ter qua qui sex sáb dom",
    "pt3": "2ª 3ª 4ª 5ª 6ª sáb dom",
    "es2": "l m x j v s d",
    "tr2": "pzt sal çar per cum cmt paz",
    "hu2": "h k sze cs p szo v",
    "el2": "δε τρ τε πε πα σα κυ",
    "en2": "mon tues wed thurs fri sat sun",
    "en3": "m t w th f s s",
    "cs2": "po út st čt pá so ne",
}

_LETTERS = re.compile(r"[^\W\d_]+")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\D|$)")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|st|nd|rd|th|º|ª|°)?[\s\-/]{1,3}(?:de\s|of\s)?\s?([^\W\d_]{3,14})\.?,?[\s\-/]{1,3}"
    r"(?:de\s|del\s|of\s)?\s?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,14})\.?\s{0,2}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(\d{4})(?!\d)")


@lru_cache(maxsize=1)
def months() -> Mapping[str, int]:
    """Folded month names and short forms -> 1–12."""
    table: dict[str, int] = {}
    short: dict[str, set[int]] = {}
    for language, names in _MONTHS.items():
        for number, name in enumerate(names.split(), start=1):
            name = fold(name)
            table.setdefault(name, number)
            if language not in _UNSHORTENED:
                short.setdefault(name[:3], set()).add(number)
    for name, numbers in short.items():
        if len(numbers) == 1:  # "jui" is June or July
            table.setdefault(name, min(numbers))
    for name, number in _SHORT.items():
        table.setdefault(fold(name), number)
    return table


@lru_cache(maxsize=1)
def weekdays() -> frozenset[str]:
    """Folded weekday names with their forms of two and three letters."""
    names = [fold(name) for line in _WEEKDAYS.values() for name in line.split()]
    return frozenset(form for name in names for form in (name, name[:3], name[:2]) if len(form) > 1)


@lru_cache(maxsize=1)
def weeks() -> frozenset[str]:
    """Every way to write the seven weekdays in one word: "mtwtfss", "sonmondiemitdonfresam", "月火水木金土日".

    All languages; names cut to 1–4 letters or whole; weeks that begin on Monday, Sunday or Saturday.
    """
    forms = set()
    for line in _WEEKDAYS.values():
        names = ["".join(_LETTERS.findall(fold(name))) or name for name in line.split()]
        for size in (1, 2, 3, 4, 99):
            cut = [name[:size] for name in names]
            for first in (0, 6, 5):
                forms.add("".join(cut[first:] + cut[:first]))
    return frozenset(forms)


def read_date(text: str) -> str:
    """The first date in a short text as ``YYYY-MM-DD``; "" if there is none or it is ambiguous.

    03/04/2025 stays unread (two customs); 25/04/2025 and 03.04.2025 (day first) are read.
    """
    for pattern in (_ISO, _CJK):
        if match := pattern.search(text):
            return _iso(match[1], match[2], match[3])
    if match := _NUMERIC.search(text):
        first, mark, second, year = match.groups()
        if (mark == "." and int(second) <= 12) or int(first) > 12 or first == second:
            return _iso(year, second, first)
        return _iso(year, first, second) if int(second) > 12 else ""
    for match in _DAY_FIRST.finditer(text):
        if found := _iso(match[3], months().get(fold(match[2]), 0), match[1]):
            return found
    for match in _MONTH_FIRST.finditer(text):
        if found := _iso(match[3], months().get(fold(match[1]), 0), match[2]):
            return found
    return ""


def _iso(year: str, month: str | int, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
