<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>AccountText</name>
    <message numerus="yes">
        <source>%n scan(s)</source>
        <translation>
            <numerusform>%n scan</numerusform>
            <numerusform>%n scans</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DoseFigure</name>
    <message numerus="yes">
        <source>100 % of the area: %n pixel(s).</source>
        <translation>
            <numerusform>100 % of the area: %n pixel.</numerusform>
            <numerusform>100 % of the area: %n pixels.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::AlignmentCard</name>
    <message numerus="yes">
        <source>All %n scan(s)</source>
        <translation>
            <numerusform>All %n scan</numerusform>
            <numerusform>All %n scans</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ComparePage</name>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scan(s)</source>
        <translation>
            <numerusform>%n scan</numerusform>
            <numerusform>%n scans</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::DiffractionPane</name>
    <message numerus="yes">
        <source>reading %n pattern(s)…</source>
        <translation>
            <numerusform>reading %n pattern…</numerusform>
            <numerusform>reading %n patterns…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>of %n pattern(s)</source>
        <translation>
            <numerusform>of %n pattern</numerusform>
            <numerusform>of %n patterns</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::DoseDialog</name>
    <message numerus="yes">
        <source>Done: %n training(s).</source>
        <translation>
            <numerusform>Done: %n training.</numerusform>
            <numerusform>Done: %n trainings.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n training(s) with the recipe “%1”</source>
        <translation>
            <numerusform>%n training with the recipe “%1”</numerusform>
            <numerusform>%n trainings with the recipe “%1”</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Error bars: standard deviation of %n training(s).</source>
        <translation>
            <numerusform>Error bars: standard deviation of %n training.</numerusform>
            <numerusform>Error bars: standard deviation of %n trainings.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>100 % of the area: %n pixel(s).</source>
        <translation>
            <numerusform>100 % of the area: %n pixel.</numerusform>
            <numerusform>100 % of the area: %n pixels.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ExportMenu</name>
    <message numerus="yes">
        <source>Wrote %n figure file(s) to %1.</source>
        <translation>
            <numerusform>Wrote %n figure file to %1.</numerusform>
            <numerusform>Wrote %n figure files to %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Wrote %n map file(s) to %1.</source>
        <translation>
            <numerusform>Wrote %n map file to %1.</numerusform>
            <numerusform>Wrote %n map files to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::InspectPage</name>
    <message numerus="yes">
        <source>%n region(s)</source>
        <translation>
            <numerusform>%n region</numerusform>
            <numerusform>%n regions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::LayerPanel</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n dense network(s)</source>
        <translation>
            <numerusform>%n dense network</numerusform>
            <numerusform>%n dense networks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n profile(s)</source>
        <translation>
            <numerusform>%n profile</numerusform>
            <numerusform>%n profiles</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n regression(s)</source>
        <translation>
            <numerusform>%n regression</numerusform>
            <numerusform>%n regressions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) per probe</source>
        <translation>
            <numerusform>%n value per probe</numerusform>
            <numerusform>%n values per probe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n convolution network(s)</source>
        <translation>
            <numerusform>%n convolution network</numerusform>
            <numerusform>%n convolution networks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::MainWindow</name>
    <message numerus="yes">
        <source>%n task(s) are still running.</source>
        <translation>
            <numerusform>%n task is still running.</numerusform>
            <numerusform>%n tasks are still running.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::MessagePanel</name>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s), open the list</source>
        <translation>
            <numerusform>%n message, open the list</numerusform>
            <numerusform>%n messages, open the list</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ObstacleList</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::OptionsPanel</name>
    <message numerus="yes">
        <source>all %n core(s)</source>
        <translation>
            <numerusform>all %n core</numerusform>
            <numerusform>all %n cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n member(s)</source>
        <translation>
            <numerusform>%n member</numerusform>
            <numerusform>%n members</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ProfilePane</name>
    <message numerus="yes">
        <source>Without %n hot or dead pixel(s)</source>
        <translation>
            <numerusform>Without %n hot or dead pixel</numerusform>
            <numerusform>Without %n hot or dead pixels</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::RegionPanel</name>
    <message numerus="yes">
        <source>%n pixel(s)</source>
        <translation>
            <numerusform>%n pixel</numerusform>
            <numerusform>%n pixels</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::RunActions</name>
    <message numerus="yes">
        <source>The run has %n epoch(s). How many are there to be in all?
Its model and scores are replaced when the first new epoch ends.</source>
        <translation>
            <numerusform>The run has %n epoch. How many are there to be in all?
Its model and scores are replaced when the first new epoch ends.</numerusform>
            <numerusform>The run has %n epochs. How many are there to be in all?
Its model and scores are replaced when the first new epoch ends.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ScanList</name>
    <message numerus="yes">
        <source>%n scan(s) train</source>
        <translation>
            <numerusform>%n scan trains</numerusform>
            <numerusform>%n scans train</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are predicted</source>
        <translation>
            <numerusform>%n is predicted</numerusform>
            <numerusform>%n are predicted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scan(s) do not tell their scan shape. &lt;a href=&quot;%1&quot;&gt;Set the shape of %1…&lt;/a&gt;</source>
        <translation>
            <numerusform>%n scan does not tell its scan shape. &lt;a href=&quot;%1&quot;&gt;Set the shape of %1…&lt;/a&gt;</numerusform>
            <numerusform>%n scans do not tell their scan shape. &lt;a href=&quot;%1&quot;&gt;Set the shape of %1…&lt;/a&gt;</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ScanShapeDialog</name>
    <message numerus="yes">
        <source>Use it for %n other scan(s) of as many patterns too</source>
        <translation>
            <numerusform>Use it for %n other scan of as many patterns too</numerusform>
            <numerusform>Use it for %n other scans of as many patterns too</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ScansModel</name>
    <message numerus="yes">
        <source>Ready, %n warning(s)</source>
        <translation>
            <numerusform>Ready, %n warning</numerusform>
            <numerusform>Ready, %n warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ScansPage</name>
    <message numerus="yes">
        <source>%n read</source>
        <translation>
            <numerusform>%n read</numerusform>
            <numerusform>%n read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::ScoreTable</name>
    <message numerus="yes">
        <source>Drawn from %n block(s)</source>
        <translation>
            <numerusform>Drawn from %n block</numerusform>
            <numerusform>Drawn from %n blocks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::StudyDocument</name>
    <message numerus="yes">
        <source>Add %n scan(s)</source>
        <translation>
            <numerusform>Add %n scan</numerusform>
            <numerusform>Add %n scans</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n scan(s)</source>
        <translation>
            <numerusform>Remove %n scan</numerusform>
            <numerusform>Remove %n scans</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::StudyFiles</name>
    <message numerus="yes">
        <source>Looking at %n file(s)</source>
        <translation>
            <numerusform>Looking at %n file</numerusform>
            <numerusform>Looking at %n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::TasksStrip</name>
    <message numerus="yes">
        <source>%n more ▴</source>
        <translation>
            <numerusform>%n more ▴</numerusform>
            <numerusform>%n more ▴</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::TrainPage</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Trained %n epoch(s)</source>
        <translation>
            <numerusform>Trained %n epoch</numerusform>
            <numerusform>Trained %n epochs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fitted %n regression(s)</source>
        <translation>
            <numerusform>Fitted %n regression</numerusform>
            <numerusform>Fitted %n regressions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n regression(s)</source>
        <translation>
            <numerusform>after %n regression</numerusform>
            <numerusform>after %n regressions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>dispersa::TrainingQueue</name>
    <message numerus="yes">
        <source>%n training(s) waiting</source>
        <translation>
            <numerusform>%n training waiting</numerusform>
            <numerusform>%n trainings waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n epoch</numerusform>
            <numerusform>%n epochs</numerusform>
        </translation>
    </message>
</context>
</TS>
